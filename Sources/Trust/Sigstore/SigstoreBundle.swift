import Bytes

/// A signature with everything that is needed to verify it offline.
///
/// Source: sigstore/protobuf-specs, sigstore_bundle.proto, versions 0.1 to 0.3.
package struct SigstoreBundle: Sendable, Hashable {
  /// Versions of the format, 0.1 to 0.3.
  package enum Version: Int, Sendable, Hashable, Comparable {
    case v1 = 1
    case v2 = 2
    case v3 = 3

    package static func < (a: Version, b: Version) -> Bool { a.rawValue < b.rawValue }
  }

  /// With what the signature is verified.
  package enum Material: Sendable, Hashable {
    /// The leaf first; roots are not allowed.
    case certificates([SigningCertificate])
    case publicKey(hint: String)
  }

  /// What is signed.
  package enum Content: Sendable, Hashable {
    /// - Parameter digest: the hash of the artifact as the bundle states it, unauthenticated.
    case message(signature: [UInt8], digest: ArtifactDigest?)
    case envelope(DSSEEnvelope)
  }

  /// The media type of what is written here.
  package static let currentType = "application/vnd.dev.sigstore.bundle.v0.3+json"

  package let version: Version
  package let material: Material
  package let content: Content
  package let logEntries: [LogEntry]
  package let timestamps: [[UInt8]]

  package init(
    version: Version, material: Material, content: Content, logEntries: [LogEntry], timestamps: [[UInt8]]
  ) {
    self.version = version
    self.material = material
    self.content = content
    self.logEntries = logEntries
    self.timestamps = timestamps
  }

  package init(json: [UInt8]) throws(TrustFailure) {
    let node = try StrictJSON.read(json, of: .bundle)
    guard node.mapping != nil else { throw .malformed(.bundle, "it is not an object") }
    version = try Self.version(node["mediaType"]?.string)
    guard let material = node["verificationMaterial"] else {
      throw .malformed(.bundle, "verificationMaterial is missing")
    }
    self.material = try Self.material(material, version)
    switch (node["messageSignature"], node["dsseEnvelope"]) {
    case (let message?, nil):
      let signature = try message.base64("signature", of: .bundle)
      guard !signature.isEmpty else { throw .missing(.signature) }
      content = .message(signature: signature, digest: try Self.digest(message["messageDigest"]))
    case (nil, let node?):
      let envelope = try DSSEEnvelope(node)
      // More would leave open which one the log and the timestamp are about.
      guard envelope.signatures.count == 1 else {
        throw .malformed(.bundle, "the envelope of a bundle must have exactly one signature")
      }
      content = .envelope(envelope)
    case (nil, nil): throw .missing(.signature)
    default: throw .malformed(.bundle, "it holds both a message signature and an envelope")
    }
    let entries = material["tlogEntries"]?.elements ?? []
    guard entries.count <= TrustLimits.logEntries else {
      throw .tooLarge(.bundle, limit: TrustLimits.logEntries, unit: "log entries")
    }
    var logEntries: [LogEntry] = []
    for entry in entries {
      let entry = try LogEntry(entry)
      guard !logEntries.contains(where: { $0.logID == entry.logID && $0.index == entry.index }) else {
        throw .duplicate(.logEntry)
      }
      // 0.1 rests on the promise of the log, later versions on the proof.
      if version == .v1 {
        guard entry.promise != nil || entry.proof != nil else { throw .missing(.inclusionProof) }
      } else {
        guard let proof = entry.proof else { throw .missing(.inclusionProof) }
        guard proof.checkpoint != nil else { throw .missing(.checkpoint) }
      }
      logEntries.append(entry)
    }
    self.logEntries = logEntries
    let stamps = material[path: "timestampVerificationData", "rfc3161Timestamps"]?.elements ?? []
    guard stamps.count <= TrustLimits.timestamps else {
      throw .tooLarge(.bundle, limit: TrustLimits.timestamps, unit: "timestamps")
    }
    var timestamps: [[UInt8]] = []
    for stamp in stamps {
      let bytes = try stamp.base64("signedTimestamp", of: .timestamp)
      guard !timestamps.contains(bytes) else { throw .duplicate(.timestamp) }
      timestamps.append(bytes)
    }
    self.timestamps = timestamps
  }

  private static func version(_ mediaType: String?) throws(TrustFailure) -> Version {
    switch mediaType {
    case "application/vnd.dev.sigstore.bundle+json;version=0.1": return .v1
    case "application/vnd.dev.sigstore.bundle+json;version=0.2": return .v2
    case "application/vnd.dev.sigstore.bundle+json;version=0.3", "application/vnd.dev.sigstore.bundle.v0.3+json":
      return .v3
    case let other: throw .unsupported(.bundle, "media type \(other ?? "none")")
    }
  }

  private static func material(_ node: DocumentNode, _ version: Version) throws(TrustFailure) -> Material {
    switch (node["certificate"], node["x509CertificateChain"], node["publicKey"]) {
    case (let certificate?, nil, nil):
      return .certificates([try SigningCertificate(der: try certificate.base64("rawBytes", of: .certificate))])
    case (nil, let chain?, nil):
      guard version < .v3 else { throw .malformed(.bundle, "version 0.3 allows one certificate, not a chain") }
      let nodes = chain["certificates"]?.elements ?? []
      guard !nodes.isEmpty else { throw .missing(.certificate) }
      guard nodes.count <= TrustLimits.chain else {
        throw .tooLarge(.certificateChain, limit: TrustLimits.chain, unit: "certificates")
      }
      var certificates: [SigningCertificate] = []
      for node in nodes {
        let certificate = try SigningCertificate(der: try node.base64("rawBytes", of: .certificate))
        guard !certificate.isSelfSigned else {
          // The first signers of packages wrote the root at the end of the chain. It is left aside: only the verifier's own counts.
          let isEnd = certificates.count == nodes.count - 1 && certificates.last?.issuerDER == certificate.subjectDER
          guard version == .v1, isEnd else { throw .rootInChain(name: certificate.name) }
          continue
        }
        certificates.append(certificate)
      }
      return .certificates(certificates)
    case (nil, nil, let key?): return .publicKey(hint: key["hint"]?.string ?? "")
    case (nil, nil, nil): throw .missing(.certificate)
    default: throw .malformed(.bundle, "it holds more than one kind of key material")
    }
  }

  private static func digest(_ node: DocumentNode?) throws(TrustFailure) -> ArtifactDigest? {
    guard let node else { return nil }
    let name = node["algorithm"]?.text ?? ""
    guard let algorithm = HashAlgorithm(name: name) else { throw .unsupported(.bundle, "hash algorithm \(name)") }
    guard let digest = ArtifactDigest(algorithm, try node.base64("digest", of: .bundle)) else {
      throw .malformed(.bundle, "the digest has a wrong length")
    }
    return digest
  }
}
