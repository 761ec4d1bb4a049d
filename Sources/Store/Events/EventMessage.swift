package import Bytes
package import Events

/// Events on their way from a server to our own client: originals with what is needed to make their events again, so that the
/// client shows them as it shows those of a file. Others read JSON.
package enum EventMessage {
  /// The media type. The number changes with the form.
  package static let mediaType = "application/vnd.bartizan.events.v1"

  /// - Parameter events: with their positions.
  package static func encode(_ events: [(position: EventPosition, event: Event)]) throws(DocumentError) -> [UInt8] {
    var records = StoredRecords()
    for (position, event) in events { records.add(event, at: position.number) }
    let head = records.head
    var plain = ByteWriter()
    plain.variable(head.count)
    plain.bytes += head
    plain.bytes += records.originals
    var writer = ByteWriter()
    writer.variable(plain.bytes.count)
    return writer.bytes + (try Zstandard.pack(plain.bytes, level: 1))
  }

  /// - Parameter limit: bytes of the events together.
  /// - Returns: nil for what is no such message, and for one that is larger.
  package static func decode(_ bytes: [UInt8], atMost limit: Int) -> [(position: EventPosition, event: Event)]? {
    var outer = ByteReader(bytes)
    guard let size = outer.count(atMost: limit), let packed = outer.take(outer.remaining),
      let plain = try? Zstandard.unpack(Array(packed), size: size)
    else { return nil }
    var reader = ByteReader(plain)
    guard let length = reader.count(atMost: plain.count), let head = reader.take(length),
      let rest = reader.take(reader.remaining), let records = StoredRecords(head: Array(head), originals: Array(rest))
    else { return nil }
    return records.events().map { ($0.position, $0.event) }
  }
}
