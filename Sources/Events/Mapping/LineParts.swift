/// What a parser of lines found: names with the places of their values, in order.
struct LineParts {
  struct Part {
    /// In the scratch.
    var key: Range<Int>
    /// In the line or in the scratch.
    var value: Range<Int>
    var kind: JSONScan.Kind
    var isScratch: Bool
  }

  private(set) var parts: [Part] = []
  private(set) var scratch: [UInt8] = []
  /// More parts than this of one line are not kept; `isCut` says so.
  private static let most = 1024
  private(set) var isCut = false

  mutating func removeAll() {
    parts.removeAll(keepingCapacity: true)
    scratch.removeAll(keepingCapacity: true)
    isCut = false
  }

  private mutating func append(_ part: Part) {
    guard parts.count < Self.most else {
      isCut = true
      return
    }
    parts.append(part)
  }

  /// Strings of JSON have their quotes with them everywhere else, so ranges here are taken without: a kind of its own.
  mutating func add(_ key: StaticString, _ value: Range<Int>) {
    let start = scratch.count
    key.withUTF8Buffer { scratch.append(contentsOf: $0) }
    append(Part(key: start..<scratch.count, value: value, kind: .string, isScratch: false))
  }

  mutating func add(_ bytes: Span<UInt8>, key: Range<Int>, _ value: Range<Int>) {
    append(Part(key: keep(bytes, key), value: value, kind: .string, isScratch: false))
  }

  /// A value that does not stand in the line as it is.
  mutating func add(_ bytes: Span<UInt8>, key: Range<Int>, made value: [UInt8]) {
    let key = keep(bytes, key)
    append(Part(key: key, value: keep(value), kind: .string, isScratch: true))
  }

  mutating func add(_ key: StaticString, made value: [UInt8]) {
    let start = scratch.count
    key.withUTF8Buffer { scratch.append(contentsOf: $0) }
    let end = scratch.count
    append(Part(key: start..<end, value: keep(value), kind: .string, isScratch: true))
  }

  private mutating func keep(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    let start = scratch.count
    for place in range { scratch.append(bytes[place]) }
    return start..<scratch.count
  }

  private mutating func keep(_ bytes: [UInt8]) -> Range<Int> {
    let start = scratch.count
    scratch += bytes
    return start..<scratch.count
  }

  /// The value of a name in the line; nil where it was not found or stands in the scratch.
  func range(_ key: StaticString) -> Range<Int>? {
    let bytes = scratch.span
    for part in parts where bytes.equals(part.key, key) { return part.isScratch ? nil : part.value }
    return nil
  }
}
