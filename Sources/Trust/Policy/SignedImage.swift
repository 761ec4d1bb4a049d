package import Bytes

/// An image, and the signatures that were found beside it.
package struct SignedImage: Sendable {
  /// The bytes of a signature or attestation with where they were found.
  package struct Evidence: Sendable {
    /// The forms in which signatures are stored.
    package enum Form: Sendable {
      /// A Sigstore bundle in JSON.
      case bundle([UInt8])
      /// A layer of cosign's older layout.
      case cosign([UInt8], CosignManifest.Layer)
      case notation([UInt8], NotationEnvelope.Format)
    }

    package let form: Form
    /// The digest of the manifest that holds it, or the tag under which that stands.
    package let origin: String

    package init(_ form: Form, origin: String) {
      self.form = form
      self.origin = origin
    }

    /// The statement that it holds, whoever may have signed it; nil where it is no attestation.
    package func statement() throws(TrustFailure) -> InTotoStatement? {
      let bundle: SigstoreBundle
      switch form {
      case .bundle(let json): bundle = try SigstoreBundle(json: json)
      case .cosign(let content, let layer):
        guard layer.mediaType == CosignManifest.envelopeType else { return nil }
        bundle = try CosignManifest.bundle(content, layer)
      case .notation: return nil
      }
      guard case .envelope(let envelope) = bundle.content, envelope.payloadType == DSSEEnvelope.inTotoType else {
        return nil
      }
      return try InTotoStatement(payload: envelope.payload)
    }
  }

  /// As the user or the pod names it.
  package let reference: String
  /// With the registry; empty for an image of a file that has no name.
  package let repository: String
  package let tag: String?
  /// Whether the tag stands for the digest. Beside a digest anybody may write any tag, and nobody who pulls looks at it.
  package let isTagProved: Bool
  /// Of the manifest, or of the index.
  package let digest: Digest
  package let mediaType: String?
  package let size: Int64?
  /// Where it says that its sources are (`org.opencontainers.image.source`); nil where it does not.
  package let source: String?
  package let evidence: [Evidence]
  /// What could not be read; where something is missing here, nothing found is no proof that there is nothing.
  package let gaps: [String]
  /// The index out of which it was chosen for its platform, none or one. Whoever signs an index signs all that it names by digest.
  package let indexes: [SignedImage]

  package init(
    reference: String, repository: String, tag: String?, isTagProved: Bool = true, digest: Digest, mediaType: String?,
    size: Int64?,
    source: String? = nil, evidence: [Evidence], gaps: [String], indexes: [SignedImage] = []
  ) {
    self.reference = reference
    self.repository = repository
    self.tag = tag
    self.isTagProved = isTagProved
    self.digest = digest
    self.mediaType = mediaType
    self.size = size
    self.source = source
    self.evidence = evidence
    self.gaps = gaps
    self.indexes = indexes
  }

  /// Whether it is an index of images for several platforms.
  package var isIndex: Bool {
    [
      "application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json",
    ].contains(mediaType)
  }
}
