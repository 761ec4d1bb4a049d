/// Writes MessagePack.
///
/// Source: github.com/msgpack/msgpack, `spec.md`.
package struct MessagePackWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// So many values follow.
  package mutating func array(_ count: Int) {
    count < 16 ? bytes.append(0x90 | UInt8(count)) : header(count, short: 0xDC, long: 0xDD)
  }

  /// So many pairs of a key and a value follow.
  package mutating func map(_ count: Int) {
    count < 16 ? bytes.append(0x80 | UInt8(count)) : header(count, short: 0xDE, long: 0xDF)
  }

  package mutating func null() { bytes.append(0xC0) }

  package mutating func flag(_ flag: Bool) { bytes.append(flag ? 0xC3 : 0xC2) }

  package mutating func integer(_ number: Int64) {
    if (-32..<128).contains(number) {
      bytes.append(UInt8(truncatingIfNeeded: number))
    } else {
      bytes.append(0xD3)
      self.number(UInt64(bitPattern: number), 8)
    }
  }

  package mutating func float(_ number: Double) {
    bytes.append(0xCB)
    self.number(number.bitPattern, 8)
  }

  package mutating func string(_ text: String) { string(Array(text.utf8)) }

  package mutating func string(_ text: [UInt8]) {
    switch text.count {
    case ..<32: bytes.append(0xA0 | UInt8(text.count))
    case ..<256: bytes += [0xD9, UInt8(text.count)]
    default: header(text.count, short: 0xDA, long: 0xDB)
    }
    bytes += text
  }

  package mutating func binary(_ data: [UInt8]) {
    if data.count < 256 {
      bytes += [0xC4, UInt8(data.count)]
    } else {
      header(data.count, short: 0xC5, long: 0xC6)
    }
    bytes += data
  }

  /// A value of an application's own type, of eight bytes.
  package mutating func application(_ type: Int8, eight: UInt64) {
    bytes += [0xD7, UInt8(bitPattern: type)]
    number(eight, 8)
  }

  /// A document: texts are strings, and a map keeps its order.
  package mutating func value(_ node: DocumentNode) {
    switch node.content {
    case .null: null()
    case .bool(let flag): self.flag(flag)
    case .int(let number): integer(Int64(number))
    case .double(let number): float(number)
    case .string(let text): string(text)
    case .array(let items):
      array(items.count)
      for item in items { value(item) }
    case .object(let mapping):
      map(mapping.entries.count)
      for entry in mapping.entries {
        string(entry.key)
        value(entry.value)
      }
    }
  }

  private mutating func header(_ count: Int, short: UInt8, long: UInt8) {
    bytes.append(count < 1 << 16 ? short : long)
    number(UInt64(count), count < 1 << 16 ? 2 : 4)
  }

  private mutating func number(_ value: UInt64, _ width: Int) {
    for index in (0..<width).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
  }
}
