import Bytes
import Findings

/// Source: Splunk, "Format events for HTTP Event Collector"; `fields` are indexed fields, flat and of text.
enum SplunkPayload {
  /// Splunk takes 1 MB by default; bytes.
  private static let limit = 512 << 10

  static func make(_ notices: [Notice], _ destination: Destination) -> [Payload] {
    let pieces = notices.map { notice in
      var writer = JSONWriter(pretty: false)
      writer.object { writer in
        writer.field("time", seconds(notice.start))
        writer.field("host", "bartizan")
        writer.field("source", destination.source ?? "bartizan")
        writer.field("sourcetype", "bartizan:\(notice.kind)")
        if let index = destination.index { writer.field("index", index) }
      }
      // The event is JSON already.
      var bytes = Array(writer.bytes.dropLast())
      bytes += Array(",\"event\":".utf8) + notice.json()
      var fields = JSONWriter(pretty: false)
      fields.object { writer in
        writer.field("id", notice.id)
        writer.field("severity", notice.severity.name)
      }
      bytes += Array(",\"fields\":".utf8) + fields.bytes + Array("}".utf8)
      return (notice.id, bytes)
    }
    return Payload.packed(pieces, limit: limit).map { pack in
      Payload(path: "/services/collector/event", contentType: "application/json", body: pack.body, ids: pack.ids)
    }
  }

  /// Seconds since 1970 with three digits, as text, which Splunk takes as well as a number and which loses nothing.
  static func seconds(_ time: Timestamp) -> String {
    let milliseconds = time.nanoseconds / 1_000_000
    let rest = String(abs(milliseconds % 1_000))
    return "\(milliseconds / 1_000)." + String(repeating: "0", count: 3 - rest.count) + rest
  }
}
