/// An IPv4 or IPv6 address. An IPv4-mapped IPv6 address (`::ffff:…`) is an IPv6 address.
package struct IPAddress: Sendable, Hashable {
  package let isV6: Bool
  /// The address as a number of 32 or 128 bits.
  package let value: UInt128

  package init(isV6: Bool, value: UInt128) {
    self.isV6 = isV6
    self.value = value
  }

  /// Nil for anything but dotted quads without leading zeros, and the text forms of RFC 4291.
  package init?(_ text: String) {
    if text.utf8.contains(0x3A) {
      guard let value = Self.v6(text) else { return nil }
      isV6 = true
      self.value = value
    } else {
      guard let value = Self.v4(text[...]) else { return nil }
      isV6 = false
      self.value = UInt128(value)
    }
  }

  private static func v4(_ text: Substring) -> UInt32? {
    var value: UInt32 = 0
    var part: UInt32 = 0
    var digits = 0
    var dots = 0
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39:
        // A zero leads nothing.
        guard digits == 0 || part > 0 else { return nil }
        part = part * 10 + UInt32(byte - 0x30)
        digits += 1
        guard part <= 255 else { return nil }
      case 0x2E:
        guard digits > 0, dots < 3 else { return nil }
        value = value << 8 | part
        (part, digits) = (0, 0)
        dots += 1
      default: return nil
      }
    }
    return digits > 0 && dots == 3 ? value << 8 | part : nil
  }

  private static func v6(_ text: String) -> UInt128? {
    func groups(_ part: Substring) -> [UInt16]? {
      if part.isEmpty { return [] }
      var result: [UInt16] = []
      let words = part.split(separator: ":", omittingEmptySubsequences: false)
      for (index, word) in words.enumerated() {
        if index == words.count - 1, word.contains(".") {
          guard let last = v4(word) else { return nil }
          result += [UInt16(last >> 16), UInt16(truncatingIfNeeded: last)]
        } else {
          guard (1...4).contains(word.count), let value = UInt16(word, radix: 16) else { return nil }
          result.append(value)
        }
      }
      return result
    }
    var all: [UInt16]
    if let gap = text.firstRange(of: "::") {
      guard let head = groups(text[..<gap.lowerBound]), let tail = groups(text[gap.upperBound...]),
        head.count + tail.count < 8
      else { return nil }
      all = head + [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail
    } else {
      guard let whole = groups(text[...]) else { return nil }
      all = whole
    }
    guard all.count == 8 else { return nil }
    return all.reduce(UInt128(0)) { $0 << 16 | UInt128($1) }
  }

  /// A dotted quad, or the canonical form of RFC 5952.
  package var text: String {
    if !isV6 {
      return (0..<4).map { String(UInt8(truncatingIfNeeded: value >> UInt128(24 - 8 * $0))) }.joined(separator: ".")
    }
    let groups = (0..<8).map { UInt16(truncatingIfNeeded: value >> UInt128(112 - 16 * $0)) }
    // RFC 5952: the longest run of zero groups, if it has at least two, becomes `::`.
    var best = 0..<0
    var start: Int?
    for index in 0...8 {
      if index < 8, groups[index] == 0 {
        if start == nil { start = index }
      } else if let from = start {
        if index - from > best.count, index - from > 1 { best = from..<index }
        start = nil
      }
    }
    func hex(_ range: Range<Int>) -> String { range.map { String(groups[$0], radix: 16) }.joined(separator: ":") }
    return best.isEmpty ? hex(0..<8) : hex(0..<best.lowerBound) + "::" + hex(best.upperBound..<8)
  }
}
