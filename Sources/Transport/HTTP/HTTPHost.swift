/// What the name of a host tells of where it is, before anybody is asked for its address.
package enum HTTPHost {
  /// This machine.
  package static func isLoopback(_ host: String) -> Bool {
    if let address = HTTPURL.address(host) {
      let bytes = unmapped(address)
      return bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }
    let name = host.lowercased()
    return name == "localhost" || name.hasSuffix(".localhost")
  }

  /// An address of this machine's link: agents that tell a machine who it is, such as 169.254.169.254.
  package static func isLinkLocal(_ host: String) -> Bool {
    // The name of one of them. Source: Compute Engine documentation, "About VM metadata".
    guard let address = HTTPURL.address(host) else { return host.lowercased() == "metadata.google.internal" }
    let bytes = unmapped(address)
    return bytes.count == 4
      ? bytes[0] == 169 && bytes[1] == 254 : bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
  }

  /// An address of this machine, of its link, or of a private network.
  ///
  /// Source: IANA IPv4 and IPv6 Special-Purpose Address Registries.
  package static func isInward(_ host: String) -> Bool {
    if isLoopback(host) || isLinkLocal(host) { return true }
    guard let address = HTTPURL.address(host) else {
      // Resolvers take bare numbers for addresses, too: 2130706433, 0x7f.1, 127.1.
      let last = host.split(separator: ".").last ?? ""
      return last.first?.isNumber == true && last.allSatisfy { $0.isHexDigit || $0 == "x" || $0 == "X" }
    }
    let bytes = unmapped(address)
    if bytes.count == 16 { return bytes[0] & 0xFE == 0xFC || bytes.allSatisfy { $0 == 0 } }
    let (a, b) = (bytes[0], bytes[1])
    return a == 0 || a == 10 || a == 172 && (16...31).contains(b) || a == 192 && b == 168
      || a == 100 && (64...127).contains(b)
  }

  /// An IPv4 address that is written as one of IPv6.
  private static func unmapped(_ address: [UInt8]) -> [UInt8] {
    address.count == 16 && address.prefix(10).allSatisfy { $0 == 0 } && address[10] == 0xFF && address[11] == 0xFF
      ? Array(address.suffix(4)) : address
  }
}
