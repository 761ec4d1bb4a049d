/// Where a host is, judging by its name alone, before it is resolved.
package enum HTTPHost {
  /// Whether it is this machine.
  package static func isLoopback(_ host: String) -> Bool {
    if let address = HTTPURL.address(host) {
      let bytes = unmapped(address)
      return bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }
    var name = host.lowercased()
    if name.hasSuffix(".") { name.removeLast() }
    return ["localhost", "ip6-localhost", "ip6-loopback"].contains(name) || name.hasSuffix(".localhost")
  }

  /// Whether it is a link-local address, such as 169.254.169.254, where agents identify a machine.
  package static func isLinkLocal(_ host: String) -> Bool {
    // The name of one of these agents. Source: Compute Engine documentation, "About VM metadata".
    guard let address = HTTPURL.address(host) else {
      return ["metadata.google.internal", "metadata.google.internal."].contains(host.lowercased())
    }
    let bytes = unmapped(address)
    return bytes.count == 4
      ? bytes[0] == 169 && bytes[1] == 254 : bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
  }

  /// Whether it is a loopback, link-local or private address.
  ///
  /// Source: IANA IPv4 and IPv6 Special-Purpose Address Registries.
  package static func isInward(_ host: String) -> Bool {
    if isLoopback(host) || isLinkLocal(host) { return true }
    guard let address = HTTPURL.address(host) else {
      // Resolvers also accept numbers as addresses: 2130706433, 0x7f.1, 127.1.
      let last = host.split(separator: ".").last ?? ""
      return last.first?.isNumber == true && last.allSatisfy { $0.isHexDigit || $0 == "x" || $0 == "X" }
    }
    let bytes = embedded(address)
    if bytes.count == 16 {
      // Unique local, the former site-local, and the unspecified address.
      return bytes[0] & 0xFE == 0xFC || bytes[0] == 0xFE && bytes[1] & 0xC0 == 0xC0 || bytes.allSatisfy { $0 == 0 }
    }
    let (a, b) = (bytes[0], bytes[1])
    return a == 0 || a == 10 || a == 127 || a == 169 && b == 254 || a == 172 && (16...31).contains(b)
      || a == 192 && b == 168
      || a == 100 && (64...127).contains(b)
  }

  /// The IPv4 address in an IPv4-mapped IPv6 address; any other address unchanged.
  private static func unmapped(_ address: [UInt8]) -> [UInt8] {
    address.count == 16 && address.prefix(10).allSatisfy { $0 == 0 } && address[10] == 0xFF && address[11] == 0xFF
      ? Array(address.suffix(4)) : address
  }

  /// The IPv4 address that a router takes an IPv6 address for: mapped, translated (NAT64), compatible, or 6to4; any other address
  /// unchanged.
  ///
  /// Source: RFC 4291, section 2.5.5; RFC 6052, section 2.1; RFC 3056, section 2.
  private static func embedded(_ address: [UInt8]) -> [UInt8] {
    guard address.count == 16 else { return address }
    let front = address.prefix(12)
    // ::1 and :: are none of these.
    let isCompatible = front.allSatisfy { $0 == 0 } && (address[12] != 0 || address[13] != 0)
    let isTranslated = front.elementsEqual([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0])
    if isCompatible || isTranslated { return Array(address.suffix(4)) }
    return address[0] == 0x20 && address[1] == 0x02 ? Array(address[2..<6]) : unmapped(address)
  }
}
