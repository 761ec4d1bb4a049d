import Bytes

extension Libraries {
  static let addressType = CELType.opaque("net.IP", [])
  static let networkType = CELType.opaque("net.CIDR", [])

  /// IP addresses and networks (kube-apiserver, `pkg/cel/library/ip.go` and `cidr.go`).
  static let addresses = addressLibrary(unmaps: false)

  /// The same as cel-go has it (`ext/network.go`): an IPv4 address that is mapped into IPv6 in hexadecimal is the IPv4
  /// address.
  static let networkExtensions = addressLibrary(unmaps: true)

  private static func addressLibrary(unmaps: Bool) -> CELLanguage.Library {
    @Sendable func address(_ text: String) throws(CELFailure) -> IPAddress {
      let parsed: IPAddress
      do throws(IPAddress.Invalid) {
        parsed = try IPAddress(text)
      } catch {
        throw .argument(
          "IP Address \(GoText.quoted(text)) parse error during conversion from string: ParseAddr(\(GoText.quoted(text))): \(error.message)"
        )
      }
      if parsed.hasZone { throw .argument("IP address \(GoText.quoted(text)) with zone value is not allowed") }
      if parsed.isMapped {
        if unmaps, !text.contains(".") { return parsed.unmapped }
        throw .argument("IPv4-mapped IPv6 address \(GoText.quoted(text)) is not allowed")
      }
      return parsed
    }
    @Sendable func network(_ text: String) throws(CELFailure) -> IPNetwork {
      do throws(IPAddress.Invalid) {
        let parsed = try IPNetwork(text)
        if parsed.address.isMapped {
          throw IPAddress.Invalid(message: "IPv4-mapped IPv6 address \(GoText.quoted(text)) is not allowed")
        }
        return parsed
      } catch {
        let prefix = "network address parse error during conversion from string: "
        throw .argument(prefix + (error.message.hasPrefix("IPv4-mapped") ? "" : prefix) + error.message)
      }
    }
    @Sendable func ofAddress(_ body: @escaping @Sendable (IPAddress) throws(CELFailure) -> CELValue) -> Overload.Body {
      .unary { value throws(CELFailure) in
        guard case .opaque(let value as IPAddressValue) = value else { throw .noSuchOverload }
        return try body(value.address)
      }
    }
    @Sendable func ofNetwork(_ body: @escaping @Sendable (IPNetwork) throws(CELFailure) -> CELValue) -> Overload.Body {
      .unary { value throws(CELFailure) in
        guard case .opaque(let value as IPNetworkValue) = value else { throw .noSuchOverload }
        return try body(value.network)
      }
    }
    @Sendable func contains(_ a: CELValue, _ b: CELValue) throws(CELFailure) -> CELValue {
      guard case .opaque(let network as IPNetworkValue) = a else { throw .noSuchOverload }
      switch b {
      case .string(let text): return .bool(network.network.contains(try address(text)))
      case .opaque(let value as IPAddressValue): return .bool(network.network.contains(value.address))
      default: throw .noSuchOverload
      }
    }
    @Sendable func containsNetwork(_ a: CELValue, _ b: CELValue) throws(CELFailure) -> CELValue {
      guard case .opaque(let outer as IPNetworkValue) = a else { throw .noSuchOverload }
      switch b {
      case .string(let text): return .bool(outer.network.contains(try network(text)))
      case .opaque(let value as IPNetworkValue): return .bool(outer.network.contains(value.network))
      default: throw .noSuchOverload
      }
    }
    var library = CELLanguage.Library()
    library.types = ["net.IP": addressType, "net.CIDR": networkType]
    library.functions = [
      FunctionDeclaration(
        "ip",
        [
          Overload(
            "string_to_ip", [.string], addressType,
            ofText { text throws(CELFailure) in
              .opaque(IPAddressValue(try address(text)))
            }),
          .member("cidr_ip", [networkType], addressType, ofNetwork { .opaque(IPAddressValue($0.address)) }),
        ]),
      FunctionDeclaration(
        "family", [.member("ip_family", [addressType], .int, ofAddress { .int($0.isVersion4 ? 4 : 6) })]),
      FunctionDeclaration(
        "ip.isCanonical",
        [
          Overload(
            "ip_is_canonical", [.string], .bool,
            ofText { text throws(CELFailure) in
              .bool(sameText(try address(text).description, text))
            })
        ]),
      FunctionDeclaration(
        "isUnspecified", [.member("ip_is_unspecified", [addressType], .bool, ofAddress { .bool($0.isUnspecified) })]),
      FunctionDeclaration(
        "isLoopback", [.member("ip_is_loopback", [addressType], .bool, ofAddress { .bool($0.isLoopback) })]),
      FunctionDeclaration(
        "isLinkLocalMulticast",
        [.member("ip_is_link_local_multicast", [addressType], .bool, ofAddress { .bool($0.isLinkLocalMulticast) })]),
      FunctionDeclaration(
        "isLinkLocalUnicast",
        [.member("ip_is_link_local_unicast", [addressType], .bool, ofAddress { .bool($0.isLinkLocalUnicast) })]),
      FunctionDeclaration(
        "isGlobalUnicast",
        [.member("ip_is_global_unicast", [addressType], .bool, ofAddress { .bool($0.isGlobalUnicast) })]),
      FunctionDeclaration(
        "isIP", [Overload("is_ip", [.string], .bool, ofText { text in .bool((try? address(text)) != nil) })]),
      FunctionDeclaration(
        "cidr",
        [
          Overload(
            "string_to_cidr", [.string], networkType,
            ofText { text throws(CELFailure) in
              .opaque(IPNetworkValue(try network(text)))
            })
        ]),
      FunctionDeclaration(
        "containsIP",
        [
          .member("cidr_contains_ip_string", [networkType, .string], .bool, .binary(contains)),
          .member("cidr_contains_ip_ip", [networkType, addressType], .bool, .binary(contains)),
        ]),
      FunctionDeclaration(
        "containsCIDR",
        [
          .member("cidr_contains_cidr_string", [networkType, .string], .bool, .binary(containsNetwork)),
          .member("cidr_contains_cidr", [networkType, networkType], .bool, .binary(containsNetwork)),
        ]),
      FunctionDeclaration(
        "prefixLength", [.member("cidr_prefix_length", [networkType], .int, ofNetwork { .int(Int64($0.length)) })]),
      FunctionDeclaration(
        "masked", [.member("cidr_masked", [networkType], networkType, ofNetwork { .opaque(IPNetworkValue($0.masked)) })]
      ),
      FunctionDeclaration(
        "isCIDR", [Overload("is_cidr", [.string], .bool, ofText { text in .bool((try? network(text)) != nil) })]),
      FunctionDeclaration(
        "string",
        [
          Overload("ip_to_string", [addressType], .string, ofAddress { .string($0.description) }),
          Overload("cidr_to_string", [networkType], .string, ofNetwork { .string($0.description) }),
        ]),
    ]
    return library
  }
}

final class IPAddressValue: CELOpaque {
  let address: IPAddress

  init(_ address: IPAddress) { self.address = address }

  var type: CELType { Libraries.addressType }
  var size: Int { address.isVersion4 ? 4 : 16 }

  func equals(_ other: any CELOpaque) throws(CELFailure) -> Bool {
    guard let other = other as? IPAddressValue else { throw .noSuchOverload }
    return address == other.address
  }
}

final class IPNetworkValue: CELOpaque {
  let network: IPNetwork

  init(_ network: IPNetwork) { self.network = network }

  var type: CELType { Libraries.networkType }
  var size: Int { (network.length + 7) / 8 }

  func equals(_ other: any CELOpaque) throws(CELFailure) -> Bool {
    guard let other = other as? IPNetworkValue else { throw .noSuchOverload }
    return network == other.network
  }
}
