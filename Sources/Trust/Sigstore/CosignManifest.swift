package import Bytes

/// Signatures in cosign's older layout: a manifest whose layers are payloads or envelopes, with the signature and its
/// evidence as annotations.
///
/// Source: cosign, specs/SIGNATURE_SPEC.md and ATTESTATION_SPEC.md.
package enum CosignManifest {
  package static let simpleSigningType = "application/vnd.dev.cosign.simplesigning.v1+json"
  package static let envelopeType = "application/vnd.dsse.envelope.v1+json"

  /// A layer, before its content is fetched.
  package struct Layer: Sendable, Hashable {
    package let mediaType: String
    package let digest: String
    package let annotations: [String: String]
  }

  /// A layer of a manifest that is a signature or an attestation; nil for others.
  package static func layer(_ node: DocumentNode) -> Layer? {
    guard let type = node["mediaType"]?.string, let digest = node["digest"]?.string,
      type == simpleSigningType || type == envelopeType
    else { return nil }
    return Layer(mediaType: type, digest: digest, annotations: node["annotations"]?.stringMap ?? [:])
  }

  /// Those of a manifest.
  package static func layers(_ manifest: DocumentNode) -> [Layer] {
    (manifest["layers"]?.elements ?? []).compactMap(layer)
  }

  private static let prefix = "dev.sigstore.cosign/"
  static let signatureAnnotation = "dev.cosignproject.cosign/signature"

  /// The layer's content and annotations as a bundle, and what was signed.
  ///
  /// - Parameter content: the payload, or the envelope.
  package static func bundle(
    _ content: [UInt8], _ layer: Layer
  ) throws(TrustFailure) -> SigstoreBundle {
    let isEnvelope = layer.mediaType == envelopeType
    let body: SigstoreBundle.Content
    if isEnvelope {
      let envelope = try DSSEEnvelope(json: content)
      guard envelope.signatures.count == 1 else {
        throw .unsupported(.envelope, "\(envelope.signatures.count) signatures in one envelope")
      }
      body = .envelope(envelope)
    } else {
      guard let text = layer.annotations[signatureAnnotation],
        let signature = Base64.decode(exactly: text), !signature.isEmpty
      else { throw .missing(.signature) }
      body = .message(signature: signature, digest: nil)
    }
    var material = SigstoreBundle.Material.publicKey(hint: "")
    if let pem = layer.annotations[prefix + "certificate"], !pem.isEmpty {
      var chain = try SigningCertificate.read(Array(pem.utf8), of: .certificate)
      if let rest = layer.annotations[prefix + "chain"], !rest.isEmpty {
        // cosign writes the root as well; only the verifier's own counts.
        chain += try SigningCertificate.read(Array(rest.utf8), of: .certificateChain).filter { !$0.isSelfSigned }
      }
      guard chain.count <= TrustLimits.chain else {
        throw .tooLarge(.certificateChain, limit: TrustLimits.chain, unit: "certificates")
      }
      material = .certificates(chain)
    }
    var timestamps: [[UInt8]] = []
    if let json = layer.annotations[prefix + "rfc3161timestamp"], !json.isEmpty {
      let node = try StrictJSON.read(Array(json.utf8), of: .timestamp)
      timestamps.append(try node.base64("SignedRFC3161Timestamp", of: .timestamp))
    }
    return SigstoreBundle(
      version: .v1, material: material, content: body, logEntries: try entries(layer.annotations[prefix + "bundle"]),
      timestamps: timestamps)
  }

  private static func entries(_ json: String?) throws(TrustFailure) -> [LogEntry] {
    guard let json, !json.isEmpty else { return [] }
    let node = try StrictJSON.read(Array(json.utf8), of: .logEntry)
    guard let payload = node["Payload"] else { throw .malformed(.logEntry, "Payload is missing") }
    guard let logID = Hex.bytes(payload["logID"]?.string ?? ""), !logID.isEmpty else {
      throw .malformed(.logEntry, "logID is not hexadecimal")
    }
    guard let index = try payload.unsigned("logIndex", of: .logEntry) else {
      throw .malformed(.logEntry, "logIndex is missing")
    }
    return [
      LogEntry(
        index: index, logID: logID, kind: "", version: "",
        integratedTime: try payload.unsigned("integratedTime", of: .logEntry),
        promise: try node.base64("SignedEntryTimestamp", of: .logEntry),
        body: try payload.base64("body", of: .logEntry))
    ]
  }
}
