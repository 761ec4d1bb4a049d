/// A range of addresses of one family.
package struct IPRange: Sendable, Hashable, Comparable {
  package let isV6: Bool
  /// The first and the last address, both included.
  package let low: UInt128
  package let high: UInt128

  package init(isV6: Bool, low: UInt128, high: UInt128) {
    self.isV6 = isV6
    self.low = low
    self.high = high
  }

  package static let allV4 = IPRange(isV6: false, low: 0, high: UInt128(UInt32.max))
  package static let allV6 = IPRange(isV6: true, low: 0, high: .max)

  /// A CIDR block or a single address; nil for anything else. Host bits are ignored, as the API server only warns about
  /// them.
  package init?(cidr text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let address = IPAddress(String(first)) else { return nil }
    let bits = address.isV6 ? 128 : 32
    var prefix = bits
    if parts.count == 2 {
      guard let length = Int(parts[1]), (0...bits).contains(length), String(length) == parts[1] else { return nil }
      prefix = length
    }
    let size = bits - prefix
    let mask: UInt128 = size >= 128 ? .max : (UInt128(1) << UInt128(size)) - 1
    isV6 = address.isV6
    low = address.value & ~mask
    high = address.value | mask
  }

  package func contains(_ other: IPRange) -> Bool { isV6 == other.isV6 && low <= other.low && other.high <= high }

  package func overlaps(_ other: IPRange) -> Bool { isV6 == other.isV6 && low <= other.high && other.low <= high }

  package func contains(_ address: IPAddress) -> Bool {
    isV6 == address.isV6 && low <= address.value && address.value <= high
  }

  package static func < (a: IPRange, b: IPRange) -> Bool {
    if a.isV6 != b.isV6 { return !a.isV6 }
    return (a.low, a.high) < (b.low, b.high)
  }

  /// `1.2.3.0/24` where it is a block, `1.2.3.0-1.2.3.7` otherwise.
  package var cidrText: String {
    let first = IPAddress(isV6: isV6, value: low).text
    let size = high - low
    // A block has a power of two of addresses and begins at a multiple of that.
    guard size & (size &+ 1) == 0, low & size == 0 else {
      return first + "-" + IPAddress(isV6: isV6, value: high).text
    }
    return first + "/" + String((isV6 ? 128 : 32) - (128 - size.leadingZeroBitCount))
  }

  /// In the form `ip:1.2.3.0-1.2.3.255`, or `ip6:…`.
  package var text: String {
    let a = IPAddress(isV6: isV6, value: low).text
    let b = IPAddress(isV6: isV6, value: high).text
    return (isV6 ? "ip6:" : "ip:") + a + "-" + b
  }
}
