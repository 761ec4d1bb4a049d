package import Bytes
import Findings
import Images
import Transport
package import Trust

/// Where signatures are stored beside the image that they are about.
protocol SignatureDestination: SignatureStore {
  func put(blob: [UInt8]) async throws(BartizanError)

  /// Stores a manifest under its digest, and lists it as one that refers to the image.
  func put(_ manifest: SignatureManifest, about subject: Digest) async throws(BartizanError)

  /// Stores a manifest under a tag, in place of the one that is there.
  func put(_ manifest: SignatureManifest, tag: String) async throws(BartizanError)
}

extension ImageSource {
  /// What became of a signature that was to be attached.
  package struct Attachment: Sendable {
    package let image: SignedImage
    /// The digest of the manifest that holds it, or its tag; nil where nothing was to be attached.
    package let origin: String?
  }

  /// Signs an image in a registry or in a layout, and stores the signature beside it.
  ///
  /// The reference is resolved once: what is signed is the digest that it had then.
  ///
  /// - Parameters:
  ///   - created: for the annotation of the manifest.
  ///   - sign: makes the signature of what was found; nil for nothing to do.
  package static func attach(
    to source: String, _ options: Options, created: Timestamp,
    sign: @Sendable (SignedImage) async throws -> ImageSigner.Signed?
  ) async throws -> Attachment {
    if let text = ImageReference.withoutScheme(source) {
      guard let reference = ImageReference(text) else {
        throw BartizanError(.usage, "\(source): no image reference such as registry.example/team/app:1.4")
      }
      return try await attachInRegistry(reference, source, options, created, sign)
    }
    guard let place = Place(source) else {
      guard options.registry != nil, !source.hasPrefix("/"), !source.hasPrefix("."), !isNamedLikeFile(source),
        let reference = ImageReference(source)
      else { throw BartizanError(.input, "\(source): no such file or folder") }
      return try await attachInRegistry(reference, source, options, created, sign)
    }
    guard FilePaths.isFolder(place.path), FilePaths.exists(place.path + "/oci-layout") else {
      throw BartizanError(
        .input,
        "\(place.path): signatures are added to images in registries and in OCI layouts that are folders, not to archives"
      )
    }
    do {
      let archive = FolderArchive(folder: place.path, limits: options.limits)
      let layout = try await LayoutSignatures(archive: archive, name: try place.name())
      return try await attach(to: LayoutDestination(folder: place.path, store: layout), source, created, sign)
    } catch let error as BartizanError {
      throw Self.place(error, place.path)
    }
  }

  private static func attachInRegistry(
    _ reference: ImageReference, _ source: String, _ options: Options, _ created: Timestamp,
    _ sign: @Sendable (SignedImage) async throws -> ImageSigner.Signed?
  ) async throws -> Attachment {
    let registry = try RegistryImage(reference, options.registry ?? RegistrySettings(), limits: options.limits)
    do {
      let attachment = try await attach(to: registry, source, created, sign)
      await registry.close()
      return attachment
    } catch {
      await registry.close()
      throw (error as? BartizanError).map { Self.place($0, source) } ?? error
    }
  }

  private static func attach(
    to destination: some SignatureDestination, _ source: String, _ created: Timestamp,
    _ sign: @Sendable (SignedImage) async throws -> ImageSigner.Signed?
  ) async throws -> Attachment {
    let image = try await SignatureSearch.run(destination, source, platform: nil)
    guard let signed = try await sign(image) else { return Attachment(image: image, origin: nil) }
    let manifest: SignatureManifest
    switch signed.layout {
    case .bundle:
      manifest = SignatureManifest(
        signed,
        about: .init(mediaType: image.manifestType, digest: image.digest, size: Int(clamping: image.size ?? 0)),
        created: created)
      for blob in manifest.blobs { try await destination.put(blob: blob) }
      try await destination.put(manifest, about: image.digest)
      return Attachment(image: image, origin: manifest.digest.text)
    case .tags:
      let tag =
        image.digest.text.replacing(":", with: "-") + (signed.predicateType == nil ? ".sig" : ".att")
      // A list that cannot be read is not replaced by one that lacks what was in it.
      var existing: DocumentNode?
      if let bytes = try await destination.manifest(tag: tag) {
        do throws(DocumentError) { existing = try JSONReader.read(bytes) } catch {
          throw BartizanError(.remote, "\(tag) is there, and no manifest: \(error.message)")
        }
      }
      do throws(TrustFailure) { manifest = try SignatureManifest(signed, after: existing) } catch {
        throw BartizanError(.input, error.sentence)
      }
      for blob in manifest.blobs { try await destination.put(blob: blob) }
      try await destination.put(manifest, tag: tag)
      return Attachment(image: image, origin: tag)
    }
  }
}

extension SignedImage {
  /// The media type of the manifest, which OCI manifests need not state.
  fileprivate var manifestType: String { mediaType ?? "application/vnd.oci.image.manifest.v1+json" }
}
