/// Writes JSON with deterministic bytes: keys in the given order, and either two spaces of indentation or none.
package struct JSONWriter {
  /// What has been written and not yet drained.
  package private(set) var bytes: [UInt8] = []
  private let pretty: Bool
  private var counts: [Int] = []
  private var afterKey = false

  /// - Parameter pretty: indented, one value per line; otherwise everything is on one line.
  package init(pretty: Bool) { self.pretty = pretty }

  package var text: String { String(decoding: bytes, as: UTF8.self) }

  package mutating func object(_ body: (inout JSONWriter) -> Void) { nest("{", "}", body) }

  package mutating func array(_ body: (inout JSONWriter) -> Void) { nest("[", "]", body) }

  package mutating func array<S: Sequence>(of items: S, _ body: (inout JSONWriter, S.Element) -> Void) {
    array { writer in for item in items { body(&writer, item) } }
  }

  /// Must be followed by exactly one value.
  package mutating func key(_ key: String) {
    separate()
    quote(key)
    bytes.append(UInt8(ascii: ":"))
    if pretty { bytes.append(UInt8(ascii: " ")) }
    afterKey = true
  }

  package mutating func value(_ text: String) {
    separate()
    quote(text)
  }

  /// Nil is written as `null`.
  package mutating func value(_ text: String?) {
    guard let text else { return null() }
    value(text)
  }

  package mutating func value(_ number: Int) {
    separate()
    bytes.append(contentsOf: String(number).utf8)
  }

  package mutating func value(_ flag: Bool) {
    separate()
    bytes.append(contentsOf: (flag ? "true" : "false").utf8)
  }

  /// A number. Infinities and NaN, which JSON cannot express, become null.
  package mutating func value(_ number: Double) {
    separate()
    if !number.isFinite {
      bytes.append(contentsOf: "null".utf8)
    } else if number == number.rounded(), abs(number) < 1e15 {
      bytes.append(contentsOf: String(Int64(number)).utf8)
    } else {
      bytes.append(contentsOf: String(number).utf8)
    }
  }

  package mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
  }

  package mutating func value(_ node: DocumentNode) {
    switch node.content {
    case .null: null()
    case .bool(let flag): value(flag)
    case .int(let number): value(Int(number))
    case .double(let number): value(number)
    case .string(let text): value(text)
    case .array(let items): array(of: items) { $0.value($1) }
    case .object(let mapping):
      object { writer in
        for entry in mapping.entries {
          writer.key(entry.key)
          writer.value(entry.value)
        }
      }
    }
  }

  package mutating func field(_ key: String, _ value: String) {
    self.key(key)
    self.value(value)
  }

  package mutating func field(_ key: String, _ value: String?) {
    self.key(key)
    self.value(value)
  }

  package mutating func field(_ key: String, _ value: Int) {
    self.key(key)
    self.value(value)
  }

  package mutating func field(_ key: String, _ value: Bool) {
    self.key(key)
    self.value(value)
  }

  package mutating func field<S: Sequence<String>>(_ key: String, _ values: S) {
    self.key(key)
    array(of: values) { $0.value($1) }
  }

  /// Members of an object, rendered once to be written many times.
  ///
  /// - Parameter depth: of the object: how many objects and arrays it stands in.
  package static func members(depth: Int, pretty: Bool, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter(pretty: pretty)
    writer.counts = [Int](repeating: 0, count: depth + 1)
    body(&writer)
    return writer.bytes
  }

  /// An object of members that `members` rendered for its depth.
  package mutating func object(members parts: [UInt8]...) {
    separate()
    bytes.append(UInt8(ascii: "{"))
    for (index, part) in parts.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(contentsOf: part)
    }
    if pretty { newLine() }
    bytes.append(UInt8(ascii: "}"))
  }

  /// Passes on what has been written, once it is large enough, so that a long document is never in memory as a whole.
  package mutating func drain(to sink: ([UInt8]) -> Void, atLeast count: Int = 1 << 18) {
    guard bytes.count >= count else { return }
    sink(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  /// Appends a line feed, for the end of a document or of a line of JSON lines.
  package mutating func endLine() { bytes.append(0x0A) }

  private mutating func nest(_ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSONWriter) -> Void) {
    separate()
    bytes.append(UInt8(ascii: open))
    counts.append(0)
    body(&self)
    let count = counts.removeLast()
    if pretty, count > 0 { newLine() }
    bytes.append(UInt8(ascii: close))
  }

  private mutating func separate() {
    if afterKey {
      afterKey = false
      return
    }
    guard let last = counts.indices.last else { return }
    if counts[last] > 0 { bytes.append(UInt8(ascii: ",")) }
    counts[last] += 1
    if pretty { newLine() }
  }

  private mutating func newLine() {
    bytes.append(0x0A)
    for _ in 0..<counts.count { bytes.append(contentsOf: [0x20, 0x20]) }
  }

  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { utf8 in
      var start = 0
      for index in 0..<utf8.count {
        let byte = utf8[index]
        guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte >= 0x7F else { continue }
        let steering = byte >= 0x7F ? Self.steering(utf8, index) : nil
        guard byte < 0x7F || steering != nil else { continue }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<index]))
        if let steering {
          start = index + steering.length
          bytes.append(contentsOf: "\\u".utf8)
          let hex = String(steering.scalar, radix: 16)
          bytes.append(contentsOf: (String(repeating: "0", count: 4 - hex.utf8.count) + hex).utf8)
        } else {
          start = index + 1
          escape(byte)
        }
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start...]))
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// A character beyond those that JSON forbids that steers a terminal or turns the direction of text, as whoever prints a
  /// document would have it: written as an escape it is the same to whoever reads it.
  private static func steering(_ utf8: UnsafeBufferPointer<UInt8>, _ index: Int) -> (scalar: UInt32, length: Int)? {
    let byte = utf8[index]
    var scalar = UInt32(byte)
    var length = 1
    // No other byte begins one, and most texts are not of ASCII alone.
    switch byte {
    case 0x7F: break
    case 0xC2 where index + 1 < utf8.count:
      (scalar, length) = (UInt32(utf8[index + 1]), 2)
    case 0xE2 where index + 2 < utf8.count:
      (scalar, length) = (0x2000 | UInt32(utf8[index + 1] & 0x3F) << 6 | UInt32(utf8[index + 2] & 0x3F), 3)
    default: return nil
    }
    return Unicode.Scalar(scalar)?.isSteering == true ? (scalar, length) : nil
  }

  private mutating func escape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0..<0x20:
      let hex = String(byte, radix: 16)
      bytes.append(contentsOf: ("u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex).utf8)
    default: bytes.append(byte)
    }
  }
}
