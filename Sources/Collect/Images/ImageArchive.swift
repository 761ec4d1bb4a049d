import Bytes
import Findings
import Images

/// An image as it is kept: documents and layers by their names, whatever holds them.
protocol ImageArchive: Sendable {
  /// A configuration or another small file; nil where there is none of that name.
  ///
  /// - Throws: when it is there and cannot be had.
  func document(_ name: String) async throws(BartizanError) -> [UInt8]?

  /// A manifest or an index of manifests; nil where there is none of that name.
  ///
  /// - Throws: when it is there and cannot be had.
  func manifest(_ name: String) async throws(BartizanError) -> [UInt8]?

  /// Gives the bytes of a layer to a scanner, in order.
  ///
  /// - Throws: when they cannot be had.
  func layer(_ name: String, into scanner: LayerScanner) async throws(BartizanError)

  /// What is known of a layer's sum without unpacking it.
  ///
  /// - Throws: when its bytes cannot be had.
  func sum(ofLayer name: String) async throws(BartizanError) -> LayerSum
}

/// What is known of the sum of a layer's bytes.
enum LayerSum: Sendable {
  /// It was made of the bytes that lie here, whatever the archive claims of them.
  case made(Digest)
  /// The bytes lie elsewhere, and are asked for by the sum that a manifest names.
  case askedFor
}

extension ImageArchive {
  func manifest(_ name: String) async throws(BartizanError) -> [UInt8]? { try await document(name) }
}

/// An image whose manifest was found: what it is made of, from the bottom.
struct ResolvedImage: Sendable {
  struct Layer: Sendable {
    let name: String
    /// Of the bytes as they are kept, as the manifest tells it; nil where it does not.
    let digest: String?
    /// Of the bytes when they are unpacked.
    let plainDigest: String?
  }

  let layers: [Layer]
  let configuration: ImageConfiguration?
  /// Of the manifest, where it has one.
  let digest: String?
  /// Of the configuration: what Docker calls the image's ID, however the image is kept.
  let identifier: String?
  /// What else is to be said of the archive.
  let remarks: [String]
}

/// The operating system and processor that an image is for, as `linux/amd64` or `linux/arm/v7`.
package struct ImagePlatform: Sendable, Equatable {
  package let system: String
  package let architecture: String
  package let variant: String?

  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 || parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    system = parts[0]
    architecture = parts[1]
    variant = parts.count == 3 ? parts[2] : nil
  }

  private init(architecture: String) {
    system = "linux"
    self.architecture = architecture
    variant = nil
  }

  /// That of this machine, in a Linux container.
  package static var own: ImagePlatform {
    #if arch(arm64)
      ImagePlatform(architecture: "arm64")
    #else
      ImagePlatform(architecture: "amd64")
    #endif
  }

  package var text: String { "\(system)/\(architecture)\(variant.map { "/" + $0 } ?? "")" }

  func fits(_ platform: DocumentNode) -> Bool {
    platform["os"]?.string == system && platform["architecture"]?.string == architecture
      && (variant == nil || platform["variant"]?.string == variant)
  }
}

/// Finds the layers of an image.
///
/// Source: OCI image specification 1.1, "Image Manifest", "Image Index", "Image Layout"; Docker image specification 1.2.
enum ImageManifest {
  /// Indexes may lead to others; a circle or a long chain is nonsense.
  private static let stepLimit = 4

  /// The image of an archive of `docker save` or of an OCI layout.
  ///
  /// The first is taken where it holds several.
  static func resolve(
    _ archive: some ImageArchive, platform: ImagePlatform?, limits: Limits
  ) async throws(BartizanError) -> ResolvedImage {
    guard let image = try await find(nil, in: archive, platform: platform, limits: limits) else {
      throw BartizanError(.input, "its manifest.json names no image")
    }
    return image
  }

  /// One of the images of an archive.
  ///
  /// - Parameter name: nil: the first.
  /// - Returns: nil where no image of that name is in it.
  static func find(
    _ name: ImageReference?, in archive: some ImageArchive, platform: ImagePlatform?, limits: Limits
  ) async throws(BartizanError) -> ResolvedImage? {
    if let bytes = try await archive.document("manifest.json") {
      return try await docker(try parsed(bytes, "manifest.json"), named: name, archive, limits)
    }
    guard let bytes = try await archive.document("index.json") else {
      throw BartizanError(.input, "no image in it: neither manifest.json nor index.json")
    }
    if let name {
      let entries = try parsed(bytes, "index.json")["manifests"]?.elements ?? []
      let entry = entries.first { entry in
        // Source: OCI image specification, "Pre-Defined Annotation Keys"; containerd writes the whole name beside it.
        ["org.opencontainers.image.ref.name", "io.containerd.image.name"].contains { key in
          entry[path: "annotations", key]?.string.flatMap { ImageReference($0) } == name
        }
      }
      guard let entry else { return nil }
      let digest = try reference(entry)
      guard let bytes = try await archive.manifest(blob(digest)) else {
        throw BartizanError(.input, "its index leads to no manifest")
      }
      try check(bytes, digest)
      return try await resolve(bytes, digest: digest, archive, platform: platform, limits: limits)
    }
    return try await resolve(bytes, digest: nil, archive, platform: platform, limits: limits)
  }

  /// The image that a manifest or an index leads to.
  ///
  /// - Parameter digest: of the bytes, where they were asked for by it.
  static func resolve(
    _ bytes: [UInt8], digest: String?, _ archive: some ImageArchive, platform: ImagePlatform?, limits: Limits
  ) async throws(BartizanError) -> ResolvedImage {
    var document = try parsed(bytes, "the manifest")
    var digest = digest
    var seen = Set<String>()
    for _ in 0..<stepLimit {
      if document["layers"] != nil || document["fsLayers"] != nil {
        return try await oci(document, digest: digest, archive, limits)
      }
      let entries = (document["manifests"]?.elements ?? []).filter { entry in
        // Attestations stand beside images and are for no platform.
        entry[path: "platform", "os"]?.string != "unknown"
          && entry[path: "annotations", "vnd.docker.reference.type"] == nil
      }
      let wanted = platform ?? .own
      let chosen =
        entries.first { $0["platform"].map { wanted.fits($0) } ?? false }
        ?? entries.first { $0["platform"] == nil } ?? (platform == nil ? entries.first : nil)
      guard let chosen else {
        let known = entries.compactMap { entry in
          entry["platform"].map {
            "\($0["os"]?.string ?? "")/\($0["architecture"]?.string ?? "")\($0["variant"]?.string.map { "/" + $0 } ?? "")"
          }
        }
        throw BartizanError(
          .input,
          entries.isEmpty
            ? "its index leads to no manifest"
            : "not there for \(wanted.text); there is \(known.joined(separator: ", "))")
      }
      let next = try reference(chosen)
      guard seen.insert(next).inserted else { throw BartizanError(.input, "its indexes lead to each other") }
      guard let bytes = try await archive.manifest(blob(next)) else {
        throw BartizanError(.input, "its index leads to no manifest")
      }
      try check(bytes, next)
      document = try parsed(bytes, "the manifest \(next)")
      digest = next
    }
    throw BartizanError(.input, "its indexes lead to each other")
  }

  private static func oci(
    _ manifest: DocumentNode, digest: String?, _ archive: some ImageArchive, _ limits: Limits
  ) async throws(BartizanError) -> ResolvedImage {
    if manifest["fsLayers"] != nil {
      throw BartizanError(
        .input, "a manifest of Docker's schema 1, which registries gave up in 2019; push the image again")
    }
    let descriptors = manifest["layers"]?.elements ?? []
    guard descriptors.count <= limits.layers else { throw tooMany(descriptors.count, limits) }
    var configuration: ImageConfiguration?
    var identifier: String?
    var remarks: [String] = []
    if let descriptor = manifest["config"] {
      let name = try reference(descriptor)
      if let bytes = try await archive.document(blob(name)) {
        try check(bytes, name)
        configuration = (try? JSONReader.read(bytes)).map { ImageConfiguration($0) }
        identifier = name
      } else {
        remarks.append("its configuration \(name) is not there; the steps of its build are not known")
      }
    }
    let plain = configuration?.layers ?? []
    var layers: [ResolvedImage.Layer] = []
    for (index, descriptor) in descriptors.enumerated() {
      let name = try reference(descriptor)
      layers.append(
        ResolvedImage.Layer(
          name: blob(name), digest: name, plainDigest: plain.count == descriptors.count ? plain[index] : nil))
    }
    return ResolvedImage(
      layers: layers, configuration: configuration, digest: digest, identifier: identifier, remarks: remarks)
  }

  /// Docker's list of images; the first is taken.
  private static func docker(
    _ list: DocumentNode, named name: ImageReference?, _ archive: some ImageArchive, _ limits: Limits
  ) async throws(BartizanError) -> ResolvedImage? {
    let images = list.elements.filter { image in
      name == nil || (image["RepoTags"]?.strings ?? []).contains { ImageReference($0) == name }
    }
    guard let image = images.first else { return nil }
    guard let names = image["Layers"]?.strings, !names.isEmpty else {
      throw BartizanError(.input, "its manifest.json names no layers")
    }
    guard names.count <= limits.layers else { throw tooMany(names.count, limits) }
    var configuration: ImageConfiguration?
    var identifier: String?
    if let name = image["Config"]?.string, let bytes = try await archive.document(name) {
      let sum = sum(inName: name)
      if let sum { try check(bytes, sum) }
      identifier = Digest.sha256(bytes).text
      configuration = (try? JSONReader.read(bytes)).map { ImageConfiguration($0) }
    }
    var remarks: [String] = []
    if images.count > 1 {
      let tag = image["RepoTags"]?.strings.first.map { " (\($0))" } ?? ""
      remarks.append("\(images.count) images are in it; the first\(tag) was read")
    }
    let plain = configuration?.layers ?? []
    return ResolvedImage(
      layers: names.enumerated().map { index, name in
        ResolvedImage.Layer(
          name: name, digest: name.hasPrefix("blobs/") ? sum(inName: name) : nil,
          plainDigest: plain.count == names.count ? plain[index] : nil)
      }, configuration: configuration, digest: nil, identifier: identifier, remarks: remarks)
  }

  /// The sum that a file is named after, as archives of Docker do it.
  private static func sum(inName name: String) -> String? {
    var last = name.split(separator: "/").last ?? ""
    if last.hasSuffix(".json") { last = last.dropLast(5) }
    let text = "sha256:" + last
    return Digest(text)?.algorithm == .sha256 ? text : nil
  }

  private static func tooMany(_ count: Int, _ limits: Limits) -> BartizanError {
    BartizanError(.input, "\(count) layers; more than \(limits.layers) are not read")
  }

  private static func parsed(_ bytes: [UInt8], _ what: String) throws(BartizanError) -> DocumentNode {
    do throws(DocumentError) {
      return try JSONReader.read(bytes)
    } catch {
      throw BartizanError(.input, "\(what): \(error.message)")
    }
  }

  private static func check(_ bytes: [UInt8], _ digest: String) throws(BartizanError) {
    let sum = Digest.sha256(bytes).text
    if sum != digest {
      throw BartizanError(
        .input, "\(digest) has the sum \(sum): it was changed or damaged on its way, get the image again")
    }
  }

  private static func reference(_ descriptor: DocumentNode) throws(BartizanError) -> String {
    let text = descriptor["digest"]?.string ?? ""
    guard Digest(text)?.algorithm == .sha256 else {
      throw BartizanError(.input, "a descriptor without a digest of sha256, but \"\(text.prefix(100))\"")
    }
    return text
  }

  private static func blob(_ digest: String) -> String { "blobs/sha256/" + digest.dropFirst(7) }
}
