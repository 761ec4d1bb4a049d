package import Bytes

/// A signature of Notation, whichever envelope it came in.
///
/// Source: notaryproject/specifications, signature-specification.md, signature-envelope-jws.md, signature-envelope-cose.md.
package struct NotationEnvelope: Sendable, Hashable {
  /// Who vouches for the time of signing.
  package enum Scheme: String, Sendable, Hashable {
    case x509 = "notary.x509"
    case signingAuthority = "notary.x509.signingAuthority"
  }

  /// The forms in which registries hold envelopes, by media type.
  package enum Format: String, Sendable, Hashable {
    case jws = "application/jose+json"
    case cose = "application/cose"
  }

  /// What is signed: an artifact by its descriptor.
  package struct Target: Sendable, Hashable {
    package let mediaType: String
    package let digest: String
    package let size: Int64
    /// Metadata of the signer.
    package let annotations: [String: String]
  }

  static let payloadType = "application/vnd.cncf.notary.payload.v1+json"
  static let names = (
    scheme: "io.cncf.notary.signingScheme", signingTime: "io.cncf.notary.signingTime",
    authenticTime: "io.cncf.notary.authenticSigningTime", expiry: "io.cncf.notary.expiry",
    plugin: "io.cncf.notary.verificationPlugin", pluginVersion: "io.cncf.notary.verificationPluginMinVersion",
    timestamp: "io.cncf.notary.timestampSignature", agent: "io.cncf.notary.signingAgent"
  )

  package let format: Format
  package let algorithm: SignatureScheme
  package let contentType: String
  package let scheme: Scheme
  /// When the signer says that it signed.
  package let signingTime: Timestamp?
  /// When the signing authority says that it signed.
  package let authenticSigningTime: Timestamp?
  package let expiry: Timestamp?
  /// Name of the Notation plug-in that must verify it.
  package let plugin: String?
  /// Critical attributes that are not known here.
  package let unknownCritical: [String]
  package let payload: [UInt8]
  package let signature: [UInt8]
  /// The leaf first, the root last.
  package let certificates: [SigningCertificate]
  package let timestamp: [UInt8]?
  package let agent: String?
  let signedBytes: [UInt8]

  package init(_ bytes: [UInt8], format: Format) throws(TrustFailure) {
    switch format {
    case .jws: self = try NotationEnvelope(jws: bytes)
    case .cose: self = try NotationEnvelope(cose: bytes)
    }
  }

  // MARK: JWS

  private init(jws bytes: [UInt8]) throws(TrustFailure) {
    let node = try StrictJSON.read(bytes, of: .envelope)
    for entry in node.entries where !["payload", "protected", "header", "signature"].contains(entry.key) {
      throw .malformed(.envelope, "the field \(entry.key) is not allowed")
    }
    guard let protectedText = node["protected"]?.string, let payloadText = node["payload"]?.string,
      let signatureText = node["signature"]?.string
    else { throw .malformed(.envelope, "payload, protected and signature are not all there") }
    // RFC 7515 writes base 64 without padding; another form of the same bytes would be another signed text.
    guard let protectedBytes = Self.base64URL(protectedText), let payload = Self.base64URL(payloadText),
      let signature = Self.base64URL(signatureText)
    else { throw .malformed(.envelope, "a field is not base 64 as JWS writes it") }
    let protected = try StrictJSON.read(protectedBytes, of: .envelope)
    format = .jws
    guard let algorithm = Self.jwsAlgorithms[protected["alg"]?.string ?? ""] else {
      throw .unsupported(.envelope, "algorithm \(protected["alg"]?.string ?? "none")")
    }
    self.algorithm = algorithm
    contentType = protected["cty"]?.string ?? ""
    let critical = protected["crit"]?.elements.map { $0.string ?? "" } ?? []
    func time(_ name: String) throws(TrustFailure) -> Timestamp? {
      guard let value = protected[name] else { return nil }
      guard let text = value.string, let time = Timestamp(text) else {
        throw .malformed(.envelope, "\(name) is not a time")
      }
      return time
    }
    scheme = try Self.scheme(protected[Self.names.scheme]?.string)
    signingTime = try time(Self.names.signingTime)
    authenticSigningTime = try time(Self.names.authenticTime)
    expiry = try time(Self.names.expiry)
    plugin = protected[Self.names.plugin]?.string
    unknownCritical = try Self.unknown(
      critical, present: Set(protected.entries.map(\.key)), expiry: expiry != nil, scheme: scheme,
      registered: ["alg", "cty", "crit"])
    self.payload = payload
    self.signature = signature
    let header = node["header"]
    agent = header?[Self.names.agent]?.string
    var certificates: [SigningCertificate] = []
    let chain = header?["x5c"]?.elements ?? []
    guard chain.count <= TrustLimits.chain else {
      throw .tooLarge(.certificateChain, limit: TrustLimits.chain, unit: "certificates")
    }
    for node in chain {
      guard let text = node.string, let der = Base64.decode(exactly: text) else {
        throw .malformed(.certificateChain, "a certificate is not base 64")
      }
      certificates.append(try SigningCertificate(der: der))
    }
    self.certificates = certificates
    if let stamp = header?[Self.names.timestamp] {
      guard let text = stamp.string, let der = Base64.decode(exactly: text) else {
        throw .malformed(.timestamp, "it is not base 64")
      }
      timestamp = der
    } else {
      timestamp = nil
    }
    signedBytes = Array((protectedText + "." + payloadText).utf8)
  }

  private static func base64URL(_ text: String) -> [UInt8]? {
    // Written again it is the same: other alphabets, padding and line breaks are none of it.
    guard let bytes = DocumentNode.decodeBase64(text), Base64.encodeForURL(bytes) == text else { return nil }
    return bytes
  }

  private static let jwsAlgorithms: [String: SignatureScheme] = [
    "PS256": .rsaPSS(.sha256), "PS384": .rsaPSS(.sha384), "PS512": .rsaPSS(.sha512), "ES256": .ecdsa(.sha256),
    "ES384": .ecdsa(.sha384), "ES512": .ecdsa(.sha512),
  ]

  // MARK: COSE

  private init(cose bytes: [UInt8]) throws(TrustFailure) {
    guard case .tagged(18, .array(let parts)) = try CBOR.read(bytes, of: .envelope), parts.count == 4,
      case .bytes(let protectedBytes) = parts[0], case .map(let unprotectedEntries) = parts[1],
      case .bytes(let payload) = parts[2], case .bytes(let signature) = parts[3]
    else { throw .malformed(.envelope, "it is not COSE_Sign1") }
    let protected = try CBOR.read(protectedBytes, of: .envelope)
    guard case .map(let entries) = protected else { throw .malformed(.envelope, "its protected header is not a map") }
    let unprotected = CBOR.map(unprotectedEntries)
    // The same header on both sides would leave open which one counts.
    for entry in unprotectedEntries where protected[entry.key] != nil {
      throw .malformed(.envelope, "a header is both protected and unprotected")
    }
    format = .cose
    guard case .negative(let number)? = protected[.unsigned(1)], let algorithm = Self.coseAlgorithms[number] else {
      throw .unsupported(.envelope, "algorithm")
    }
    self.algorithm = algorithm
    guard case .text(let type)? = protected[.unsigned(3)] else {
      throw .malformed(.envelope, "the content type is missing")
    }
    contentType = type
    var critical: [String] = []
    if case .array(let items)? = protected[.unsigned(2)] {
      for item in items {
        guard case .text(let name) = item else { throw .unsupported(.envelope, "a critical header without a name") }
        critical.append(name)
      }
    }
    func text(_ name: String) throws(TrustFailure) -> String? {
      switch protected[.text(name)] {
      case nil: return nil
      case .text(let value)?: return value
      default: throw .malformed(.envelope, "\(name) is not text")
      }
    }
    func time(_ name: String) throws(TrustFailure) -> Timestamp? {
      switch protected[.text(name)] {
      case nil: return nil
      case .tagged(1, .unsigned(let seconds))?:
        if let seconds = Int64(exactly: seconds), let time = Timestamp(seconds: seconds) { return time }
      default: break
      }
      throw .malformed(.envelope, "\(name) is not a time")
    }
    scheme = try Self.scheme(try text(Self.names.scheme))
    signingTime = try time(Self.names.signingTime)
    authenticSigningTime = try time(Self.names.authenticTime)
    expiry = try time(Self.names.expiry)
    plugin = try text(Self.names.plugin)
    let present = entries.compactMap { if case .text(let name) = $0.key { name } else { nil } }
    unknownCritical = try Self.unknown(
      critical, present: Set(present), expiry: expiry != nil, scheme: scheme, registered: [])
    self.payload = payload
    self.signature = signature
    if case .text(let agent)? = unprotected[.text(Self.names.agent)] { self.agent = agent } else { agent = nil }
    var certificates: [SigningCertificate] = []
    switch unprotected[.unsigned(33)] {
    case nil: break
    case .bytes(let der)?: certificates.append(try SigningCertificate(der: der))
    case .array(let items)?:
      guard items.count <= TrustLimits.chain else {
        throw .tooLarge(.certificateChain, limit: TrustLimits.chain, unit: "certificates")
      }
      for item in items {
        guard case .bytes(let der) = item else { throw .malformed(.certificateChain, "a certificate is not bytes") }
        certificates.append(try SigningCertificate(der: der))
      }
    default: throw .malformed(.certificateChain, "it is neither bytes nor a list of them")
    }
    self.certificates = certificates
    switch unprotected[.text(Self.names.timestamp)] {
    case nil: timestamp = nil
    case .bytes(let der)?: timestamp = der
    default: throw .malformed(.timestamp, "it is not bytes")
    }
    // Sig_structure (RFC 9052, section 4.4).
    let context = Array("Signature1".utf8)
    var signed = CBOR.head(4, 4) + CBOR.head(3, context.count) + context
    signed += CBOR.head(2, protectedBytes.count) + protectedBytes
    signed += CBOR.head(2, 0)
    signed += CBOR.head(2, payload.count) + payload
    signedBytes = signed
  }

  /// By -1 - number: PS256 is -37.
  private static let coseAlgorithms: [UInt64: SignatureScheme] = [
    36: .rsaPSS(.sha256), 37: .rsaPSS(.sha384), 38: .rsaPSS(.sha512), 6: .ecdsa(.sha256), 34: .ecdsa(.sha384),
    35: .ecdsa(.sha512),
  ]

  // MARK: Both

  private static func scheme(_ text: String?) throws(TrustFailure) -> Scheme {
    guard let text else { throw .malformed(.envelope, "the signing scheme is missing") }
    guard let scheme = Scheme(rawValue: text) else { throw .unsupported(.envelope, "signing scheme \(text)") }
    return scheme
  }

  /// Critical attributes that nothing here processes. What the specification wants to be critical must be so: a reader that
  /// does not know it would pass it over.
  private static func unknown(
    _ critical: [String], present: Set<String>, expiry: Bool, scheme: Scheme, registered: Set<String>
  ) throws(TrustFailure) -> [String] {
    guard critical.contains(names.scheme) else { throw .malformed(.envelope, "the signing scheme is not critical") }
    guard !expiry || critical.contains(names.expiry) else { throw .malformed(.envelope, "the expiry is not critical") }
    guard scheme == .x509 || critical.contains(names.authenticTime) else {
      throw .malformed(.envelope, "the signing time of the authority is not critical")
    }
    let known: Set<String> = [
      names.scheme, names.expiry, names.authenticTime, names.plugin, names.pluginVersion, names.signingTime,
    ]
    for name in critical {
      guard present.contains(name), !registered.contains(name) else {
        throw .malformed(.envelope, "\(name) is critical but not there")
      }
    }
    return critical.filter { !known.contains($0) }
  }

  /// The descriptor in the payload.
  package func target() throws(TrustFailure) -> Target {
    let node = try StrictJSON.read(payload, of: .payload)
    guard let target = node["targetArtifact"], let digest = target["digest"]?.string,
      let type = target["mediaType"]?.string, let size = target["size"]?.int
    else { throw .malformed(.payload, "targetArtifact is not a descriptor") }
    return Target(mediaType: type, digest: digest, size: size, annotations: target["annotations"]?.stringMap ?? [:])
  }
}
