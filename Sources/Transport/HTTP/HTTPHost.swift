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
    let bytes = embedded(address)
    return bytes.count == 4
      ? bytes[0] == 169 && bytes[1] == 254 : bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
  }

  /// How far inside a network a host is, judging by its name alone: what is outside may not send anybody further in.
  enum Depth: Int, Comparable {
    case outside
    /// A private address.
    case network
    /// This machine.
    case machine
    /// An agent that identifies the machine, to which no server sends anybody.
    case agent

    static func < (a: Depth, b: Depth) -> Bool { a.rawValue < b.rawValue }
  }

  static func depth(_ host: String) -> Depth {
    guard let address = HTTPURL.address(host) else {
      // Which address a number stands for is nothing that anybody has to hide.
      return isLinkLocal(host) || isNumber(host) ? .agent : isLoopback(host) ? .machine : .outside
    }
    let bytes = embedded(address)
    if isLinkLocal(host) || agents.contains(where: { HTTPURL.address($0) == bytes }) { return .agent }
    // The unspecified address is this machine as well.
    if bytes.count == 4 ? bytes[0] == 127 || bytes[0] == 0 : bytes.dropLast().allSatisfy({ $0 == 0 }) {
      return .machine
    }
    return isInward(host) ? .network : .outside
  }

  /// Whether it is an address in one of the spellings that only resolvers accept: 2130706433, 0x7f.1, 127.1.
  private static func isNumber(_ host: String) -> Bool {
    let last = host.split(separator: ".").last ?? ""
    return last.first?.isNumber == true && last.allSatisfy { $0.isHexDigit || $0 == "x" || $0 == "X" }
  }

  /// Agents of clouds at addresses that are not link-local.
  ///
  /// Source: Amazon EC2, "Instance metadata service"; Alibaba Cloud ECS, "Instance metadata"; Oracle Cloud at its former address.
  private static let agents = ["fd00:ec2::254", "100.100.100.200", "192.0.0.192"]

  /// Whether it is a loopback, link-local or private address.
  ///
  /// Source: IANA IPv4 and IPv6 Special-Purpose Address Registries.
  package static func isInward(_ host: String) -> Bool {
    if isLoopback(host) || isLinkLocal(host) { return true }
    guard let address = HTTPURL.address(host) else { return isNumber(host) }
    let bytes = embedded(address)
    if bytes.count == 16 {
      // Unique local, the former site-local, and the unspecified address.
      return bytes[0] & 0xFE == 0xFC || bytes[0] == 0xFE && bytes[1] & 0xC0 == 0xC0 || bytes.allSatisfy { $0 == 0 }
    }
    let (a, b) = (bytes[0], bytes[1])
    return a == 0 || a == 10 || a == 127 || a == 169 && b == 254 || a == 172 && (16...31).contains(b)
      || a == 192 && (b == 168 || b == 0 && bytes[2] == 0)
      || a == 100 && (64...127).contains(b) || a == 198 && (18...19).contains(b) || a >= 224
  }

  /// The IPv4 address in an IPv4-mapped IPv6 address; any other address unchanged.
  private static func unmapped(_ address: [UInt8]) -> [UInt8] {
    address.count == 16 && address.prefix(10).allSatisfy { $0 == 0 } && address[10] == 0xFF && address[11] == 0xFF
      ? Array(address.suffix(4)) : address
  }

  /// The IPv4 address that a router takes an IPv6 address for: mapped, translated (NAT64), compatible, or 6to4; any other address
  /// unchanged.
  ///
  /// Source: RFC 4291, section 2.5.5; RFC 6052, section 2.1; RFC 8215; RFC 3056, section 2.
  private static func embedded(_ address: [UInt8]) -> [UInt8] {
    guard address.count == 16 else { return address }
    let front = address.prefix(12)
    // ::1 and :: are none of these.
    let isCompatible = front.allSatisfy { $0 == 0 } && (address[12] != 0 || address[13] != 0)
    // The well-known prefix, and any of a network's own below the one for those.
    let isTranslated =
      front.elementsEqual([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0])
      || front.prefix(6).elementsEqual([0, 0x64, 0xFF, 0x9B, 0, 1])
    if isCompatible || isTranslated { return Array(address.suffix(4)) }
    return address[0] == 0x20 && address[1] == 0x02 ? Array(address[2..<6]) : unmapped(address)
  }
}
