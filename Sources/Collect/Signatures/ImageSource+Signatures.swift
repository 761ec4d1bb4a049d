import Bytes
import Findings
import Images
import Transport
package import Trust

extension ImageSource {
  /// The signatures and attestations of an image in a registry, an OCI layout, or an archive of one.
  ///
  /// What a reference resolves to is what counts: for an image of several platforms the index, which is what signers sign; with a platform
  /// in the options the image for it, and the index with it.
  ///
  /// - Throws: when the image itself cannot be found.
  package static func signatures(_ source: String, _ options: Options = Options()) async throws -> SignedImage {
    if let text = ImageReference.withoutScheme(source) {
      guard let reference = ImageReference(text) else {
        throw BartizanError(.usage, "\(source): no image reference such as registry.example/team/app:1.4")
      }
      return try await registrySignatures(reference, source, options)
    }
    guard let place = Place(source) else {
      guard options.registry != nil, !source.hasPrefix("/"), !source.hasPrefix("."), !isNamedLikeFile(source),
        let reference = ImageReference(source)
      else { throw BartizanError(.input, "\(source): no such file or folder") }
      return try await registrySignatures(reference, source, options)
    }
    do throws(BartizanError) {
      if FilePaths.isFolder(place.path) {
        guard holdsImages(place.path) else {
          throw BartizanError(.input, "neither an OCI layout nor an archive of one")
        }
        return try await layoutSignatures(
          FolderArchive(folder: place.path, limits: options.limits), place, source, options)
      }
      let (isTar, isCompressed) = try kind(place.path)
      guard isTar else { throw BartizanError(.input, "neither an OCI layout nor an archive of one") }
      if isCompressed {
        return try await layoutSignatures(
          try StreamedArchive(place.path, options, readsLayers: false), place, source, options)
      }
      return try await layoutSignatures(
        try TarFileArchive(place.path, limits: options.limits), place, source, options)
    } catch {
      throw Self.place(error, place.path)
    }
  }

  private static func layoutSignatures(
    _ archive: some ImageArchive, _ place: Place, _ source: String, _ options: Options
  ) async throws(BartizanError) -> SignedImage {
    try await SignatureSearch.run(
      try await LayoutSignatures(archive: archive, name: try place.name()), source, platform: options.platform)
  }

  private static func registrySignatures(
    _ reference: ImageReference, _ source: String, _ options: Options
  ) async throws -> SignedImage {
    let registry = try RegistryImage(reference, options.registry ?? RegistrySettings(), limits: options.limits)
    do {
      let image = try await SignatureSearch.run(registry, source, platform: options.platform)
      await registry.close()
      return image
    } catch {
      await registry.close()
      throw Self.place(error, source)
    }
  }
}
