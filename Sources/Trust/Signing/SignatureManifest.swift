package import Bytes

/// The manifest that holds a signature beside an image, and its configuration.
///
/// Source: OCI image specification 1.1, manifest.md, "Guidelines for Artifact Usage"; cosign, specs/BUNDLE_SPEC.md and
/// pkg/oci/static.
package struct SignatureManifest: Sendable {
  package let bytes: [UInt8]
  package let mediaType = "application/vnd.oci.image.manifest.v1+json"
  /// Blobs that must be there before it.
  package let blobs: [[UInt8]]
  /// Of a bundle; it is what lists of referrers say of it.
  package let artifactType: String?
  package let annotations: [(key: String, value: String)]

  package var digest: Digest { Digest(.sha256, sum: HashAlgorithm.sha256.hash(bytes)) }

  /// What a bundle is about.
  package struct Subject: Sendable {
    package let mediaType: String
    package let digest: Digest
    /// In bytes.
    package let size: Int

    package init(mediaType: String, digest: Digest, size: Int) {
      self.mediaType = mediaType
      self.digest = digest
      self.size = size
    }
  }

  /// A manifest that refers to the image.
  package init(_ signed: ImageSigner.Signed, about subject: Subject, created: Timestamp) {
    let empty = Array("{}".utf8)
    var annotations = [
      ("org.opencontainers.image.created", created.text), ("dev.sigstore.bundle.content", "dsse-envelope"),
    ]
    if let type = signed.predicateType { annotations.append(("dev.sigstore.bundle.predicateType", type)) }
    annotations.sort { $0.0 < $1.0 }
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.field("schemaVersion", 2)
      writer.field("mediaType", "application/vnd.oci.image.manifest.v1+json")
      writer.field("artifactType", signed.mediaType)
      writer.key("config")
      Self.descriptor(&writer, "application/vnd.oci.empty.v1+json", empty)
      writer.key("layers")
      writer.array { Self.descriptor(&$0, signed.mediaType, signed.content, signed.annotations) }
      writer.key("subject")
      writer.object { writer in
        writer.field("mediaType", subject.mediaType)
        writer.field("digest", subject.digest.text)
        writer.field("size", subject.size)
      }
      writer.key("annotations")
      writer.object { writer in for item in annotations { writer.field(item.0, item.1) } }
    }
    bytes = writer.bytes
    blobs = [empty, signed.content]
    artifactType = signed.mediaType
    self.annotations = annotations.map { (key: $0.0, value: $0.1) }
  }

  /// A manifest under a tag with one layer more than the one that is there.
  ///
  /// - Parameter existing: nil where there is none yet.
  package init(_ signed: ImageSigner.Signed, after existing: DocumentNode?) throws(TrustFailure) {
    let layers = existing?["layers"]?.elements ?? []
    guard layers.count < TrustLimits.signatureLayers else {
      throw .tooLarge(.signature, limit: TrustLimits.signatureLayers, unit: "signatures under one tag")
    }
    let digests =
      layers.compactMap { $0["digest"]?.string } + [
        Digest(.sha256, sum: HashAlgorithm.sha256.hash(signed.content)).text
      ]
    var configuration = JSONWriter(pretty: false)
    configuration.object { writer in
      writer.field("architecture", "")
      writer.field("created", "0001-01-01T00:00:00Z")
      writer.key("history")
      writer.array(of: digests) { writer, _ in writer.object { $0.field("created", "0001-01-01T00:00:00Z") } }
      writer.field("os", "")
      writer.key("rootfs")
      writer.object { writer in
        writer.field("type", "layers")
        writer.field("diff_ids", digests)
      }
      writer.key("config")
      writer.object { _ in }
    }
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.field("schemaVersion", 2)
      writer.field("mediaType", "application/vnd.oci.image.manifest.v1+json")
      writer.key("config")
      Self.descriptor(&writer, "application/vnd.oci.image.config.v1+json", configuration.bytes)
      writer.key("layers")
      writer.array { writer in
        for layer in layers { writer.value(layer) }
        Self.descriptor(&writer, signed.mediaType, signed.content, signed.annotations)
      }
    }
    bytes = writer.bytes
    blobs = [configuration.bytes, signed.content]
    artifactType = nil
    annotations = []
  }

  /// The list of what refers to an image, for registries without that interface, with one entry more.
  ///
  /// Source: OCI distribution specification 1.1, "Referrers Tag Schema".
  package func listed(after existing: DocumentNode?) -> [UInt8] {
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.field("schemaVersion", 2)
      writer.field("mediaType", "application/vnd.oci.image.index.v1+json")
      writer.key("manifests")
      writer.array { writer in
        for entry in existing?["manifests"]?.elements ?? [] where entry["digest"]?.string != digest.text {
          writer.value(entry)
        }
        writeEntry(&writer)
      }
    }
    return writer.bytes
  }

  /// Its descriptor in an index.
  ///
  /// - Parameter name: `org.opencontainers.image.ref.name`; nil for one that is found by its subject.
  package func writeEntry(_ writer: inout JSONWriter, name: String? = nil) {
    writer.object { writer in
      writer.field("mediaType", mediaType)
      writer.field("digest", digest.text)
      writer.field("size", bytes.count)
      if let artifactType { writer.field("artifactType", artifactType) }
      guard !annotations.isEmpty || name != nil else { return }
      writer.key("annotations")
      writer.object { writer in
        for item in annotations { writer.field(item.key, item.value) }
        if let name { writer.field("org.opencontainers.image.ref.name", name) }
      }
    }
  }

  private static func descriptor(
    _ writer: inout JSONWriter, _ mediaType: String, _ content: [UInt8],
    _ annotations: [(key: String, value: String)] = []
  ) {
    writer.object { writer in
      writer.field("mediaType", mediaType)
      writer.field("digest", Digest(.sha256, sum: HashAlgorithm.sha256.hash(content)).text)
      writer.field("size", content.count)
      guard !annotations.isEmpty else { return }
      writer.key("annotations")
      writer.object { writer in for item in annotations { writer.field(item.key, item.value) } }
    }
  }
}
