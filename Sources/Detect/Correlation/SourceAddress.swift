import Bytes

/// Addresses by which correlations tell one source from another.
enum SourceAddress {
  /// Fields that hold the address from which something came.
  private static let fields: Set<String> = [
    "source.ip", "client.ip", "sourceIPs", "src_ip", "srcip", "SourceIp", "SourceIP", "c-ip", "client_ip", "clientip",
    "IpAddress", "remote_addr", "sourceIPAddress", "kubernetes.audit.sourceIPs", "ClientIP", "ClientAddress",
    "network.forwarded_ip",
  ]

  /// What an address stands for in a group. Who has an address of IPv6 has a network of 64 bits of them (RFC 6177, RFC 7934),
  /// and tries from as many as there are; an address of IPv4 within IPv6 is that address.
  ///
  /// - Parameter field: by its name in the rule.
  static func group(_ value: String, _ field: String) -> String {
    guard value.utf8.contains(0x3A), fields.contains(field), let address = IPAddress(value) else { return value }
    guard address.isV6 else { return value }
    if address.value >> 32 == 0xFFFF {
      return IPAddress(isV6: false, value: address.value & 0xFFFF_FFFF).text
    }
    return String(UInt64(truncatingIfNeeded: address.value >> 64), radix: 16) + "/64"
  }
}
