import Bytes
import Crypto
import Events

/// Some thousand events of one source and hour, packed.
struct EventBlock {
  /// What is known of a block without reading it.
  struct Summary: Sendable {
    var dataset: Dataset
    /// Hours since 1970 of the time of its events, or of their receipt.
    var hour: Int64
    var events: Int
    /// Of the originals.
    var rawBytes: Int
    /// The first and the last moment of its events.
    var least: Int64
    var greatest: Int64
    var firstPosition: Int64
    var lastPosition: Int64
    /// Whether events without a time of their own are among them.
    var hasTimeless: Bool
    /// Time of the last receipt.
    var receivedLast: Int64
  }

  /// The parts of a block, which are read one by one.
  enum Part: Int64, CaseIterable {
    case head = 0
    case originals = 1
    case filter = 2
    case keys = 3
    /// Blocks of earlier versions have none.
    case minutes = 4
  }

  let summary: Summary
  let parts: [Part: [UInt8]]

  /// The fastest level of zstd, which looks back farther than usual: what repeats itself in a log often lies some megabytes
  /// apart. Beyond, time grows faster than size falls.
  private static let effort = Zstandard.Effort(level: 1, windowLog: 22, hashLog: 17)

  /// - Parameters:
  ///   - events: of one source and hour, in the order of their positions.
  ///   - keys: of those of them that can be recognised, shortened, in any order.
  init(_ events: [StoredEvent], keys: [UInt32], dataset: Dataset, hour: Int64) throws(DocumentError) {
    var records = StoredRecords()
    records.reserve(events.count, bytes: events.reduce(0) { $0 + $1.event.size })
    var terms = TermHashes()
    var minutes = MinuteCounts(hour: hour)
    var summary = Summary(
      dataset: dataset, hour: hour, events: events.count, rawBytes: 0, least: .max, greatest: .min, firstPosition: .max,
      lastPosition: .min, hasTimeless: false, receivedLast: .min)
    for stored in events {
      let event = stored.event
      records.add(event, at: stored.position.number)
      terms.add(event)
      let received = event.ingested?.nanoseconds ?? 0
      let moment = event.time?.nanoseconds ?? received
      summary.least = min(summary.least, moment)
      summary.greatest = max(summary.greatest, moment)
      minutes.add(moment)
      summary.firstPosition = min(summary.firstPosition, stored.position.number)
      summary.lastPosition = max(summary.lastPosition, stored.position.number)
      summary.receivedLast = max(summary.receivedLast, received)
      if event.time == nil { summary.hasTimeless = true }
    }
    summary.rawBytes = records.rawBytes
    self.summary = summary
    let head = records.head
    var headWriter = ByteWriter()
    headWriter.variable(head.count)
    parts = [
      .head: headWriter.bytes + (try Zstandard.pack(head, Self.effort)),
      .originals: try Zstandard.pack(records.originals, Self.effort),
      .filter: BinaryFuseFilter(terms.values).bytes, .keys: Self.bytes(keys), .minutes: minutes.bytes,
    ]
  }

  /// The first hour of a moment.
  static func hour(_ moment: Int64) -> Int64 {
    let width: Int64 = 3_600_000_000_000
    return moment / width - (moment % width < 0 ? 1 : 0)
  }

  // MARK: Parts

  /// A sum over the parts that hold events, which shows damage.
  var checksum: [UInt8] { Self.checksum(head: parts[.head] ?? [], originals: parts[.originals] ?? []) }

  static func checksum(head: [UInt8], originals: [UInt8]) -> [UInt8] {
    var sum = SHA256()
    sum.update(data: head)
    sum.update(data: originals)
    return Array(Array(sum.finalize()).prefix(8))
  }

  /// - Returns: nil for parts that are damaged.
  static func records(head: [UInt8], originals: [UInt8]) -> StoredRecords? {
    var reader = ByteReader(head)
    guard let size = reader.count(atMost: 1 << 30), let packed = reader.take(reader.remaining),
      let plain = try? Zstandard.unpack(Array(packed), size: size), let length = StoredRecords.originalBytes(plain),
      let bytes = try? Zstandard.unpack(originals, size: length)
    else { return nil }
    return StoredRecords(head: plain, originals: bytes)
  }

  private static func bytes(_ keys: [UInt32]) -> [UInt8] {
    var writer = ByteWriter()
    writer.variable(keys.count)
    var before: UInt32 = 0
    for key in keys.sorted() {
      writer.variable(UInt64(key &- before))
      before = key
    }
    return writer.bytes
  }

  /// Short keys in ascending order; nil where they are damaged.
  static func keys(_ bytes: [UInt8]) -> [UInt32]? {
    var reader = ByteReader(bytes)
    guard let count = reader.count(atMost: 1 << 24) else { return nil }
    var keys: [UInt32] = []
    keys.reserveCapacity(count)
    var before: UInt32 = 0
    for _ in 0..<count {
      guard let step = reader.count(atMost: Int(UInt32.max)) else { return nil }
      before &+= UInt32(step)
      keys.append(before)
    }
    return keys
  }
}
