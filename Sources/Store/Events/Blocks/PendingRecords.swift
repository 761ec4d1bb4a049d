import Bytes

/// Events that were just received: durable, and not packed into blocks yet.
struct PendingRecords {
  var records = StoredRecords()
  /// By event; nil for an event that cannot be recognised.
  var keys: [EventKey?] = []

  init() {}

  /// Faster than the fastest usual level: what is written ahead is read after a crash, and packed anew otherwise.
  private static let effort = Zstandard.Effort(level: -3)

  /// Compressed as fast as possible, since less to write also means less to wait for.
  func bytes() throws(DocumentError) -> [UInt8] {
    var writer = ByteWriter()
    let head = records.head
    writer.bytes.reserveCapacity(head.count + keys.count * 17 + records.originals.count + 16)
    writer.variable(head.count)
    writer.bytes += head
    for key in keys {
      writer.bytes.append(key == nil ? 0 : 1)
      if let key {
        writer.fixed(key.high)
        writer.fixed(key.low)
      }
    }
    writer.bytes += records.originals
    var result = ByteWriter()
    result.variable(writer.bytes.count)
    return result.bytes + (try Zstandard.pack(writer.bytes, Self.effort))
  }

  /// - Returns: nil for bytes that are damaged.
  init?(_ bytes: [UInt8]) {
    var outer = ByteReader(bytes)
    guard let size = outer.count(atMost: 1 << 31), let packed = outer.take(outer.remaining),
      let plain = try? Zstandard.unpack(Array(packed), size: size)
    else { return nil }
    var reader = ByteReader(plain)
    guard let length = reader.count(atMost: plain.count), let head = reader.take(length).map(Array.init),
      let originals = StoredRecords.originalBytes(head)
    else { return nil }
    // The keys stand between the head and the originals.
    let end = plain.count - originals
    while reader.offset < end {
      guard let mark = reader.byte() else { return nil }
      guard mark == 1 else {
        keys.append(nil)
        continue
      }
      guard let high = reader.integer(.little, as: UInt64.self), let low = reader.integer(.little, as: UInt64.self)
      else { return nil }
      keys.append(EventKey(high: high, low: low))
    }
    guard reader.offset == end, let rest = reader.take(reader.remaining),
      let records = StoredRecords(head: head, originals: Array(rest)), records.lengths.count == keys.count
    else { return nil }
    self.records = records
  }
}
