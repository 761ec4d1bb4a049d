import SwiftASN1

/// Who a server has to be: the name or the address that it was asked by.
///
/// Source: RFC 9525, "Service Identity in TLS": a name is compared with entries of `dNSName` alone, an address with entries of
/// `iPAddress` alone; the common name of a certificate counts for nothing, and a wildcard stands for one whole label, the
/// leftmost.
package enum ServerIdentity: Sendable, Hashable {
  /// In lower case, without a dot at its end.
  case name(String)
  /// 4 or 16 bytes.
  case address([UInt8])

  package init(host: String) {
    if let address = HTTPURL.address(host) {
      self = .address(address)
    } else {
      let name = host.lowercased()
      self = .name(name.hasSuffix(".") ? String(name.dropLast()) : name)
    }
  }

  /// Whether a certificate is for this server.
  package func isAmong(_ presented: [CertificateName]) -> Bool {
    presented.contains { entry in
      switch (self, entry) {
      case (.name(let own), .name(let pattern)): Self.matches(pattern, own)
      case (.address(let own), .address(let other)): own == other
      default: false
      }
    }
  }

  private static func matches(_ pattern: String, _ name: String) -> Bool {
    var pattern = pattern.lowercased()[...]
    if pattern.hasSuffix(".") { pattern = pattern.dropLast() }
    guard !pattern.isEmpty, !name.isEmpty, !name.contains("*") else { return false }
    guard pattern.hasPrefix("*.") else { return pattern == name }
    let rest = pattern.dropFirst(2)
    guard !rest.isEmpty, !rest.contains("*"), let dot = name.firstIndex(of: "."), dot != name.startIndex else {
      return false
    }
    return name[name.index(after: dot)...] == rest
  }
}

/// An entry of a certificate's `subjectAltName` that names a server.
package enum CertificateName: Sendable, Hashable {
  case name(String)
  case address([UInt8])

  /// As people write it.
  package var text: String {
    switch self {
    case .name(let name): name
    case .address(let bytes) where bytes.count == 4: bytes.map { String($0) }.joined(separator: ".")
    case .address(let bytes):
      stride(from: 0, to: bytes.count - bytes.count % 2, by: 2).map {
        String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16)
      }.joined(separator: ":")
    }
  }

  /// The names and addresses of a certificate.
  ///
  /// Source: RFC 5280, sections 4.1 and 4.2.1.6.
  ///
  /// - Parameter der: the certificate.
  /// - Returns: nil where it is no certificate, or has the extension twice.
  package static func read(der: [UInt8]) -> [CertificateName]? {
    guard let certificate = try? DER.parse(der), let body = children(certificate).first else { return nil }
    let wrapped = children(body).first { $0.identifier == ASN1Identifier(tagWithNumber: 3, tagClass: .contextSpecific) }
    guard let extensions = wrapped.flatMap({ children($0).first }) else { return [] }
    var found: [CertificateName]?
    for item in children(extensions) {
      let parts = children(item)
      // 2.5.29.17
      guard let identifier = parts.first.flatMap(primitive), identifier.elementsEqual([0x55, 0x1D, 0x11]) else {
        continue
      }
      guard found == nil, let value = parts.last.flatMap(primitive), let names = try? DER.parse(value) else {
        return nil
      }
      found = children(names).compactMap(name)
    }
    return found ?? []
  }

  private static func name(_ node: ASN1Node) -> CertificateName? {
    guard node.identifier.tagClass == .contextSpecific, let bytes = primitive(node) else { return nil }
    switch node.identifier.tagNumber {
    // Names of other alphabets stand in certificates as A-labels, in ASCII.
    case 2 where bytes.allSatisfy { $0 < 0x80 }: return .name(String(decoding: bytes, as: UTF8.self))
    case 7 where bytes.count == 4 || bytes.count == 16: return .address(Array(bytes))
    default: return nil
    }
  }

  private static func children(_ node: ASN1Node) -> [ASN1Node] {
    guard case .constructed(let nodes) = node.content else { return [] }
    return Array(nodes)
  }

  private static func primitive(_ node: ASN1Node) -> ArraySlice<UInt8>? {
    guard case .primitive(let bytes) = node.content else { return nil }
    return bytes
  }
}
