import Bytes

/// One message of Fluent Forward: entries of one tag, in any of the four modes.
///
/// Source: "Forward Protocol Specification v1", github.com/fluent/fluentd/wiki; what Fluent Bit adds to it (metadata, groups,
/// signals) in its `out_forward`.
struct ForwardMessage: Sendable, Equatable {
  /// Why a message is not taken.
  enum Failure: Error, Equatable {
    case malformed
    /// Its records are larger than the limit.
    case large
    /// Data that is compressed and cannot be decompressed within the limits, or in a way that is not known.
    case compression
    /// Metrics or traces.
    case signal
  }

  /// How large a message may be.
  struct Limits: Sendable {
    /// As it arrives.
    var bytes = 64 << 20
    /// Entries once they are decompressed.
    var expanded = 64 << 20
    /// Records as JSON.
    var records = 128 << 20
    /// Longest tag, and longest id of a chunk.
    var name = 4_096
  }

  /// Nesting of a record within entries within a message.
  static let depth = MessagePackJSON.depth + 4
  /// Most bytes of a decompressed chunk for one of the compressed one.
  private static let ratio = 1_000

  let tag: String
  /// The id by which the sender wants to be told that the message is safe.
  let chunk: [UInt8]?
  /// Records as JSON objects, one after the other.
  let records: [UInt8]
  let ranges: [Range<Int>]

  /// - Parameter range: of a whole value.
  /// - Returns: nil for a heartbeat.
  static func read(_ bytes: [UInt8], _ range: Range<Int>, limits: Limits = Limits()) throws(Failure) -> ForwardMessage?
  {
    let message: Result<ForwardMessage, Failure>
    do throws(MessagePackFailure) {
      var reader = MessagePackReader(bytes, range)
      switch try reader.next() {
      case .null: return nil
      case .array(let count) where (2...5).contains(count): message = try parts(&reader, count, limits)
      default: throw .malformed
      }
    } catch {
      throw error == .large ? .large : .malformed
    }
    return try message.get()
  }

  private static func parts(
    _ reader: inout MessagePackReader, _ count: Int, _ limits: Limits
  ) throws(MessagePackFailure) -> Result<ForwardMessage, Failure> {
    let bytes = reader.bytes
    let name = try reader.text()
    guard name.count <= limits.name else { throw .malformed }
    let tag = String(decoding: bytes[name], as: UTF8.self)
    let content = try reader.skip()
    var look = MessagePackReader(bytes, content)
    let first = try look.next()
    // Entries are a list, or a text that holds them; a time begins a single one. A time with metadata is a list, too.
    var isMessage = ForwardTime.value(first, bytes) != nil
    if case .array(2) = first, count >= 3 { isMessage = ForwardTime.value(try look.next(), bytes) != nil }
    var record: Range<Int>?
    if isMessage {
      guard count >= 3 else { throw .malformed }
      record = try reader.skip()
    }
    var option = Option()
    if count > (isMessage ? 3 : 2) { option = try Option(&reader, limits) }
    if option.signal != 0 { return .failure(.signal) }

    var writer = ForwardRecords(limit: limits.records)
    if let record {
      var time = MessagePackReader(bytes, content)
      var value = MessagePackReader(bytes, record)
      try writer.entry(&time, &value, metadata: option.metadata.map { MessagePackReader(bytes, $0) })
    } else {
      switch first {
      case .array(let entries):
        var list = MessagePackReader(bytes, content)
        _ = try list.next()
        for _ in 0..<entries { try writer.entry(&list) }
      case .string(let range), .binary(let range):
        guard let packed = unpacked(bytes, range, option.compression, limits) else { return .failure(.compression) }
        var list = MessagePackReader(packed.bytes, packed.range)
        while !list.isAtEnd { try writer.entry(&list) }
      default: throw .malformed
      }
    }
    return .success(
      ForwardMessage(tag: tag, chunk: option.chunk, records: writer.json.bytes, ranges: writer.ranges))
  }

  private static func unpacked(
    _ bytes: [UInt8], _ range: Range<Int>, _ compression: String?, _ limits: Limits
  ) -> (bytes: [UInt8], range: Range<Int>)? {
    var bounds = Bytes.Limits()
    bounds.archiveBytes = limits.expanded
    bounds.compressionRatio = ratio
    let expanded: [UInt8]?
    switch compression {
    case nil, "", "text": return (bytes, range)
    case "gzip": expanded = try? Gzip.decompress(Array(bytes[range]), limits: bounds)
    case "zstd": expanded = try? Zstandard.decompress(Array(bytes[range]), limits: bounds)
    default: expanded = nil
    }
    return expanded.map { ($0, $0.indices) }
  }

  /// What stands behind the entries.
  private struct Option {
    var chunk: [UInt8]?
    var compression: String?
    var signal: Int64 = 0
    var metadata: Range<Int>?

    init() {}

    init(_ reader: inout MessagePackReader, _ limits: Limits) throws(MessagePackFailure) {
      let count: Int
      switch try reader.next() {
      case .map(let pairs): count = pairs
      case .null: return
      default: throw .malformed
      }
      for _ in 0..<count {
        let key = try reader.skip()
        let value = try reader.skip()
        var (name, content) = (MessagePackReader(reader.bytes, key), MessagePackReader(reader.bytes, value))
        guard let text = try? name.text() else { continue }
        switch String(decoding: reader.bytes[text], as: UTF8.self) {
        case "chunk":
          guard let id = try? content.text() else { continue }
          guard id.count <= limits.name else { throw .malformed }
          chunk = Array(reader.bytes[id])
        case "compressed": compression = (try? content.text()).map { String(decoding: reader.bytes[$0], as: UTF8.self) }
        case "fluent_signal": if case .integer(let number)? = try? content.next() { signal = number }
        case "metadata": if case .map(1...)? = try? content.next() { metadata = value }
        default: break
        }
      }
    }
  }
}

/// Entries as JSON, one object each.
private struct ForwardRecords {
  private(set) var json: MessagePackJSON
  private(set) var ranges: [Range<Int>] = []
  /// What the beginning of a group says about its entries, as JSON; empty outside of one.
  private var group: [UInt8] = []

  init(limit: Int) { json = MessagePackJSON(limit: limit) }

  /// `[time, record]`, or `[[time, metadata], record]`.
  mutating func entry(_ list: inout MessagePackReader) throws(MessagePackFailure) {
    guard case .array(let count) = try list.next(), count >= 2 else { throw .malformed }
    var time = MessagePackReader(list.bytes, try list.skip())
    var record = MessagePackReader(list.bytes, try list.skip())
    for _ in 2..<count { _ = try list.skip() }
    try entry(&time, &record, metadata: nil)
  }

  mutating func entry(
    _ time: inout MessagePackReader, _ record: inout MessagePackReader, metadata: MessagePackReader?
  ) throws(MessagePackFailure) {
    var metadata = metadata
    var value = try time.next()
    if case .array(let count) = value {
      guard count >= 1 else { throw .malformed }
      value = try time.next()
      var rest = time
      if count > 1, case .map(1...) = try rest.next() { metadata = time }
    }
    guard let when = ForwardTime.value(value, time.bytes) else { throw .malformed }
    switch when {
    case .groupStart:
      var about = MessagePackJSON(limit: MessagePackJSON.groupBytes)
      try about.write(&record)
      group = about.bytes
      return
    case .groupEnd:
      group = []
      return
    case .time, .none: break
    }
    let start = json.bytes.count
    json.add("{")
    var hasTime = false
    var ahead = record
    switch try ahead.next() {
    case .null:
      // An entry without a record says nothing.
      json.truncate(to: start)
      return
    case .map(let count):
      record = ahead
      for _ in 0..<count {
        separate(start)
        let key = try json.writeKey(&record, level: 1)
        if let key, record.bytes[key].elementsEqual("@timestamp".utf8) { hasTime = true }
        try json.write(&record, level: 1)
      }
    default:
      json.add("\"message\":")
      try json.write(&record, level: 1)
    }
    if !hasTime, case .time(let time) = when {
      separate(start)
      json.add("\"@timestamp\":\"\(time.text)\"")
    }
    if var metadata {
      separate(start)
      json.add("\"@metadata\":")
      try json.write(&metadata, level: 1)
    }
    if !group.isEmpty {
      separate(start)
      json.add("\"@group\":")
      json.add(group[...])
    }
    json.add("}")
    ranges.append(start..<json.bytes.count)
    guard json.isWithinLimit else { throw .large }
  }

  private mutating func separate(_ start: Int) {
    if json.bytes.count > start + 1 { json.add(",") }
  }
}
