package import Bytes

/// An interval of time that holds both its ends.
package struct ValidityInterval: Sendable, Hashable {
  package let start: Timestamp
  package let end: Timestamp?

  package func contains(_ time: Timestamp) -> Bool { start <= time && time <= (end ?? time) }
}

/// The keys and authorities that a verification trusts, as `trusted_root.json` of Sigstore states them.
///
/// Source: sigstore/protobuf-specs, sigstore_trustroot.proto.
package struct TrustedRoot: Sendable {
  /// A log of certificates or of signatures.
  package struct Log: Sendable, Hashable {
    /// For people: the base URL.
    package let name: String
    /// The host (and path) of the base URL, which is the origin of the checkpoints of Rekor v2.
    package let host: String
    package let id: [UInt8]
    package let key: VerificationKey
    package let validity: ValidityInterval
  }

  /// An authority that issues certificates or timestamps.
  package struct Authority: Sendable, Hashable {
    package let name: String
    /// The leaf first, where there is one, and the root last.
    package let chain: [SigningCertificate]
    package let validity: ValidityInterval
  }

  package let transparencyLogs: [Log]
  package let certificateLogs: [Log]
  package let certificateAuthorities: [Authority]
  package let timestampAuthorities: [Authority]

  /// Trusts nobody: for signatures with keys that stand in no log.
  package static let empty = TrustedRoot()

  private init() {
    transparencyLogs = []
    certificateLogs = []
    certificateAuthorities = []
    timestampAuthorities = []
  }

  package init(json: [UInt8]) throws(TrustFailure) {
    let node = try StrictJSON.read(json, of: .trustedRoot)
    guard node.mapping != nil else { throw .malformed(.trustedRoot, "it is not an object") }
    switch node["mediaType"]?.string {
    case "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
      "application/vnd.dev.sigstore.trustedroot+json;version=0.2",
      "application/vnd.dev.sigstore.trustedroot.v0.2+json":
      break
    case let other: throw .unsupported(.trustedRoot, "media type \(other ?? "none")")
    }
    transparencyLogs = try Self.list(node, "tlogs", Self.log)
    certificateLogs = try Self.list(node, "ctlogs", Self.log)
    certificateAuthorities = try Self.list(node, "certificateAuthorities", Self.authority)
    timestampAuthorities = try Self.list(node, "timestampAuthorities", Self.authority)
  }

  private static func list<Item>(
    _ node: DocumentNode, _ key: String, _ read: (DocumentNode) throws(TrustFailure) -> Item
  ) throws(TrustFailure) -> [Item] {
    guard let list = node[key] else { return [] }
    guard let items = list.array else { throw .malformed(.trustedRoot, "\(key) is not a list") }
    guard items.count <= TrustLimits.trustedItems else {
      throw .tooLarge(.trustedRoot, limit: TrustLimits.trustedItems, unit: "items")
    }
    var result: [Item] = []
    for item in items { result.append(try read(item)) }
    return result
  }

  private static func log(_ node: DocumentNode) throws(TrustFailure) -> Log {
    guard let key = node["publicKey"] else { throw .malformed(.trustedRoot, "a log has no public key") }
    guard ["SHA2_256", nil].contains(node["hashAlgorithm"]?.string) else {
      throw .unsupported(.trustedRoot, "hash algorithm of a log")
    }
    let bytes = try key.base64("rawBytes", of: .trustedRoot)
    let details = key["keyDetails"]?.string ?? ""
    let verificationKey =
      details.hasPrefix("PKCS1_") ? try VerificationKey(pkcs1: bytes) : try VerificationKey(spki: bytes)
    guard let id = node["logId"] else { throw .malformed(.trustedRoot, "a log has no identifier") }
    let name = node["baseUrl"]?.string ?? ""
    return Log(
      name: name, host: host(name), id: try id.base64("keyId", of: .trustedRoot), key: verificationKey,
      validity: try validity(key))
  }

  private static func host(_ url: String) -> String {
    var rest = Substring(url)
    if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
    while rest.hasSuffix("/") { rest.removeLast() }
    return String(rest)
  }

  private static func authority(_ node: DocumentNode) throws(TrustFailure) -> Authority {
    let nodes = node[path: "certChain", "certificates"]?.elements ?? []
    guard !nodes.isEmpty else { throw .malformed(.trustedRoot, "an authority has no certificates") }
    guard nodes.count <= TrustLimits.chain else {
      throw .tooLarge(.trustedRoot, limit: TrustLimits.chain, unit: "certificates in a chain")
    }
    var chain: [SigningCertificate] = []
    for node in nodes { chain.append(try SigningCertificate(der: try node.base64("rawBytes", of: .trustedRoot))) }
    return Authority(
      name: node["uri"]?.string ?? chain.last?.name ?? "", chain: chain, validity: try validity(node))
  }

  /// The start is required: an interval without it would be one that holds all of the past.
  private static func validity(_ node: DocumentNode) throws(TrustFailure) -> ValidityInterval {
    guard let interval = node["validFor"], let text = interval["start"]?.string else {
      throw .malformed(.trustedRoot, "a key or an authority has no start of its validity")
    }
    guard let start = Timestamp(text) else { throw .malformed(.trustedRoot, "\(text) is not a time") }
    guard let end = interval["end"] else { return ValidityInterval(start: start, end: nil) }
    guard let text = end.string, let end = Timestamp(text) else {
      throw .malformed(.trustedRoot, "an end is not a time")
    }
    return ValidityInterval(start: start, end: end)
  }
}
