/// Writes the few MessagePack values that answers consist of.
struct MessagePackWriter {
  private(set) var bytes: [UInt8] = []

  mutating func array(_ count: UInt8) { bytes.append(0x90 | count & 0x0F) }

  mutating func map(_ count: UInt8) { bytes.append(0x80 | count & 0x0F) }

  mutating func flag(_ flag: Bool) { bytes.append(flag ? 0xC3 : 0xC2) }

  mutating func string(_ text: String) { string(Array(text.utf8)) }

  mutating func string(_ text: [UInt8]) {
    switch text.count {
    case ..<32: bytes.append(0xA0 | UInt8(text.count))
    case ..<256: bytes += [0xD9, UInt8(text.count)]
    default: bytes += [0xDA, UInt8(truncatingIfNeeded: text.count >> 8), UInt8(truncatingIfNeeded: text.count)]
    }
    bytes += text
  }

  /// - Parameter data: less than 256 bytes.
  mutating func binary(_ data: [UInt8]) {
    bytes += [0xC4, UInt8(truncatingIfNeeded: data.count)]
    bytes += data
  }
}
