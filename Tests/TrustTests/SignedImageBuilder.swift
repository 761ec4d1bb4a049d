import Bytes
import Crypto
import Trust

/// Signs images here as cosign does, so that policies can be tested without anything from outside.
struct SignedImageBuilder {
  let repository: String
  let tag: String
  let digest: Bytes.Digest
  var evidence: [SignedImage.Evidence] = []
  var gaps: [String] = []

  init(_ repository: String = "registry.example/team/app", tag: String = "1.4", content: String = "manifest") {
    self.repository = repository
    self.tag = tag
    digest = Bytes.Digest(.sha256, sum: HashAlgorithm.sha256.hash(Array(content.utf8)))
  }

  var image: SignedImage { image(in: []) }

  /// - Parameter indexes: out of which it was chosen.
  func image(in indexes: [SignedImage]) -> SignedImage {
    SignedImage(
      reference: "\(repository):\(tag)", repository: repository, tag: tag, digest: digest, mediaType: nil, size: nil,
      evidence: evidence, gaps: gaps, indexes: indexes)
  }

  static func key(_ private: P256.Signing.PrivateKey) throws -> VerificationKey {
    try VerificationKey(spki: Array(`private`.publicKey.derRepresentation))
  }

  /// cosign's older layout: a payload with the signature beside it.
  mutating func sign(_ key: P256.Signing.PrivateKey, digest: String? = nil) throws {
    let payload = Array(
      """
      {"critical": {"identity": {"docker-reference": "\(repository)"},
       "image": {"docker-manifest-digest": "\(digest ?? self.digest.text)"},
       "type": "cosign container image signature"}, "optional": null}
      """.utf8)
    let signature = Base64.encode(Array(try key.signature(for: payload).derRepresentation))
    let manifest = try JSONReader.read(
      """
      {"layers": [{"mediaType": "\(CosignManifest.simpleSigningType)", "digest": "sha256:0", "annotations":
       {"dev.cosignproject.cosign/signature": "\(signature)"}}]}
      """)
    evidence.append(.init(.cosign(payload, CosignManifest.layers(manifest)[0]), origin: "tag .sig"))
  }

  /// A bundle around a statement.
  mutating func attest(
    _ key: P256.Signing.PrivateKey, type: String, predicate: String, subject: String? = nil
  ) throws {
    let statement = Array(
      """
      {"_type": "https://in-toto.io/Statement/v1", "predicateType": "\(type)", "predicate": \(predicate),
       "subject": [{"name": "\(repository)", "digest": {"sha256": "\(subject ?? String(digest.hex))"}}]}
      """.utf8)
    let unsigned = DSSEEnvelope(payloadType: DSSEEnvelope.inTotoType, payload: statement, signatures: [])
    let signature = Base64.encode(Array(try key.signature(for: unsigned.signedBytes).derRepresentation))
    evidence.append(
      .init(
        .bundle(
          Array(
            """
            {"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
             "verificationMaterial": {"publicKey": {"hint": ""}},
             "dsseEnvelope": {"payloadType": "\(DSSEEnvelope.inTotoType)", "payload": "\(Base64.encode(statement))",
             "signatures": [{"sig": "\(signature)"}]}}
            """.utf8)), origin: "referrer"))
  }
}
