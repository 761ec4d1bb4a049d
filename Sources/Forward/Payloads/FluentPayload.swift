import Bytes
import Findings

/// Messages of Fluent Forward in forward mode: notices of one kind together, with an id by which the receiver says that it has
/// them.
///
/// Source: "Forward Protocol Specification v1".
enum FluentPayload {
  private static let limit = 1 << 20

  static func make(_ notices: [Notice], _ destination: Destination) -> [Payload] {
    let kinds = ["alert", "incident", "event"]
    return kinds.flatMap { kind in
      let pieces = notices.filter { $0.kind == kind }.map { ($0.id, entry($0)) }
      return Payload.packed(pieces, limit: limit).map { pack in
        let chunk = String(Fingerprint([destination.name] + pack.ids).text.suffix(32))
        var writer = MessagePackWriter()
        writer.array(3)
        writer.string("\(destination.tag ?? "bartizan").\(kind)")
        writer.array(pack.ids.count)
        var end = MessagePackWriter()
        end.map(2)
        end.string("chunk")
        end.string(chunk)
        end.string("size")
        end.integer(Int64(pack.ids.count))
        return Payload(
          path: nil, contentType: "", body: writer.bytes + pack.body + end.bytes, ids: pack.ids, chunk: chunk)
      }
    }
  }

  private static func entry(_ notice: Notice) -> [UInt8] {
    var writer = MessagePackWriter()
    writer.array(2)
    let seconds = UInt64(clamping: notice.start.seconds)
    let rest = UInt64(clamping: notice.start.nanoseconds - notice.start.seconds * 1_000_000_000)
    // EventTime: seconds and nanoseconds, of four bytes each.
    writer.application(0, eight: min(seconds, UInt64(UInt32.max)) << 32 | rest & 0xFFFF_FFFF)
    writer.value((try? JSONReader.read(notice.json())) ?? .null)
    return writer.bytes
  }
}
