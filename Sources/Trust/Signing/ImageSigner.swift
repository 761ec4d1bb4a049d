package import Bytes

/// Makes signatures and attestations of images, as cosign's verifiers read them.
///
/// Source: cosign, specs/BUNDLE_SPEC.md, SIGNATURE_SPEC.md, ATTESTATION_SPEC.md; sigstore/protobuf-specs,
/// sigstore_bundle.proto.
package struct ImageSigner: Sendable {
  /// In which form a signature is stored beside the image.
  package enum Layout: String, Sendable, CaseIterable {
    /// A bundle that refers to the image, as cosign 3 writes it.
    case bundle
    /// Layers under the tags `.sig` and `.att`, as earlier versions wrote them and read them.
    case tags
  }

  /// A signed blob with what its layer says of it.
  package struct Signed: Sendable, Hashable {
    package let mediaType: String
    package let content: [UInt8]
    /// Of the layer.
    package let annotations: [(key: String, value: String)]
    /// Nil for a plain signature.
    package let predicateType: String?
    package let layout: Layout

    package static func == (a: Signed, b: Signed) -> Bool { a.mediaType == b.mediaType && a.content == b.content }
    package func hash(into hasher: inout Hasher) { hasher.combine(content) }
  }

  package let key: SigningKey
  package let layout: Layout

  package init(key: SigningKey, layout: Layout) {
    self.key = key
    self.layout = layout
  }

  /// Signs that an image is meant to be what it is.
  ///
  /// - Parameters:
  ///   - repository: with its registry; what cosign calls the identity of the image.
  ///   - annotations: what else is to be signed, such as the commit.
  package func sign(
    _ digest: Digest, repository: String, annotations: [(key: String, value: String)]
  ) throws(TrustFailure) -> Signed {
    switch layout {
    case .bundle:
      return try bundle(
        statement(PredicateType.cosignSignature, Array("{}".utf8), digest, name: nil, annotations: annotations),
        PredicateType.cosignSignature)
    case .tags:
      var writer = JSONWriter(pretty: false)
      writer.object { writer in
        writer.key("critical")
        writer.object { writer in
          writer.key("identity")
          writer.object { $0.field("docker-reference", repository) }
          writer.key("image")
          writer.object { $0.field("docker-manifest-digest", digest.text) }
          writer.field("type", "cosign container image signature")
        }
        writer.key("optional")
        if annotations.isEmpty {
          writer.null()
        } else {
          writer.object { writer in for item in annotations { writer.field(item.key, item.value) } }
        }
      }
      let payload = writer.bytes
      return Signed(
        mediaType: CosignManifest.simpleSigningType, content: payload,
        annotations: [
          (CosignManifest.signatureAnnotation, Base64.encode(try key.sign(payload, .sha256)))
        ], predicateType: nil, layout: .tags)
    }
  }

  /// Signs a statement on an image.
  ///
  /// - Parameters:
  ///   - type: a URI, or a short name.
  ///   - predicate: JSON.
  package func attest(
    _ digest: Digest, repository: String, type: String, predicate: [UInt8]
  ) throws(TrustFailure) -> Signed {
    let uri = PredicateType.uri(type)
    guard uri.contains(":") else {
      throw .malformed(
        .statement,
        "\(type) is no type of predicate: a URI, or one of \(PredicateType.all.map(\.name).joined(separator: ", "))")
    }
    let payload = statement(uri, predicate, digest, name: repository.isEmpty ? nil : repository)
    let read = try InTotoStatement(payload: payload)
    // A provenance that nobody can read is no provenance.
    _ = try SLSAProvenance(read)
    switch layout {
    case .bundle: return try bundle(payload, uri)
    case .tags:
      return Signed(
        mediaType: CosignManifest.envelopeType, content: try envelope(payload, .sha256),
        annotations: [(CosignManifest.signatureAnnotation, ""), ("predicateType", uri)], predicateType: uri,
        layout: .tags)
    }
  }

  private func statement(
    _ type: String, _ predicate: [UInt8], _ digest: Digest, name: String?,
    annotations: [(key: String, value: String)] = []
  ) -> [UInt8] {
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.field("_type", layout == .bundle ? InTotoStatement.currentType : InTotoStatement.firstType)
      writer.key("subject")
      writer.array { writer in
        writer.object { writer in
          if let name { writer.field("name", name) }
          writer.key("digest")
          writer.object { $0.field(digest.algorithm.rawValue, String(digest.hex)) }
          guard !annotations.isEmpty else { return }
          writer.key("annotations")
          writer.object { writer in for item in annotations { writer.field(item.key, item.value) } }
        }
      }
      writer.field("predicateType", type)
    }
    // Byte for byte: numbers that no reader here can hold must not change under the signature.
    return writer.bytes.dropLast() + Array(",\"predicate\":".utf8) + predicate + [UInt8(ascii: "}")]
  }

  private func envelope(_ payload: [UInt8], _ hash: HashAlgorithm) throws(TrustFailure) -> [UInt8] {
    var writer = JSONWriter(pretty: false)
    try write(payload, hash, &writer)
    return writer.bytes
  }

  private func write(
    _ payload: [UInt8], _ hash: HashAlgorithm, _ writer: inout JSONWriter
  ) throws(TrustFailure) {
    let unsigned = DSSEEnvelope(payloadType: DSSEEnvelope.inTotoType, payload: payload, signatures: [])
    let signature = Base64.encode(try key.sign(unsigned.signedBytes, hash))
    writer.object { writer in
      writer.field("payload", Base64.encode(payload))
      writer.field("payloadType", DSSEEnvelope.inTotoType)
      writer.key("signatures")
      writer.array { writer in writer.object { $0.field("sig", signature) } }
    }
  }

  private func bundle(_ payload: [UInt8], _ type: String) throws(TrustFailure) -> Signed {
    let envelope = try StrictJSON.read(try self.envelope(payload, key.publicKey.hash), of: .envelope)
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.field("mediaType", SigstoreBundle.currentType)
      writer.key("verificationMaterial")
      writer.object { writer in
        writer.key("publicKey")
        // As sigstore-go makes it: verifiers may find the key by it.
        writer.object { $0.field("hint", Base64.encode(HashAlgorithm.sha256.hash(key.publicKey.spki))) }
      }
      writer.key("dsseEnvelope")
      writer.value(envelope)
    }
    return Signed(
      mediaType: SigstoreBundle.currentType, content: writer.bytes, annotations: [], predicateType: type,
      layout: .bundle)
  }
}
