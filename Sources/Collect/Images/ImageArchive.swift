import Bytes
import Findings
import Images
import Transport

/// A stored image: documents and layers by name, in whatever form they are stored.
protocol ImageArchive: Sendable {
  /// The configuration or another small file; nil where there is none of that name.
  ///
  /// - Throws: when it exists and cannot be read.
  func document(_ name: String) async throws(BartizanError) -> [UInt8]?

  /// A manifest or an index of manifests; nil where there is none of that name.
  ///
  /// - Throws: when it exists and cannot be read.
  func manifest(_ name: String) async throws(BartizanError) -> [UInt8]?

  /// Feeds the bytes of a layer to a reader, in order.
  ///
  /// - Throws: when they cannot be read.
  func layer(_ name: String, into scanner: any LayerReader) async throws(BartizanError)

  /// What the file of a layer is known by as long as nobody writes to it; nil for what lies in no file.
  func stamp(ofLayer name: String) -> LayerStamp?

  /// What is known of a layer's digest without decompressing it.
  ///
  /// - Throws: when its bytes cannot be read.
  func sum(ofLayer name: String) async throws(BartizanError) -> LayerSum
}

/// Where the digest of a layer comes from.
enum LayerSum: Sendable {
  /// Computed from the stored bytes, whatever the archive claims.
  case made(Digest)
  /// The bytes are remote and requested by the digest that a manifest names.
  case askedFor
}

/// A part of a file on disk at a moment.
struct LayerStamp: Sendable, Equatable {
  /// Of the file, and which of its bytes.
  let text: String
  /// When the file was changed last, in seconds since 1970.
  let changed: Int

  /// - Parameter range: bytes of the file; nil for all.
  init?(_ path: String, range: Range<Int>? = nil) {
    guard let status = FileStatus(path), status.kind == .file else { return nil }
    text = status.stamp + (range.map { ":\($0.lowerBound)-\($0.upperBound)" } ?? "")
    changed = status.changed
  }
}

extension ImageArchive {
  func stamp(ofLayer name: String) -> LayerStamp? { nil }

  func manifest(_ name: String) async throws(BartizanError) -> [UInt8]? { try await document(name) }
}

/// An image whose manifest was found. Layers are listed from the bottom.
struct ResolvedImage: Sendable {
  struct Layer: Sendable {
    let name: String
    /// Digest of the stored bytes according to the manifest; nil where it names none.
    let digest: String?
    /// Digest of the decompressed bytes (the diff id).
    let plainDigest: String?
  }

  let layers: [Layer]
  let configuration: ImageConfiguration?
  /// Digest of the manifest; nil where there is none.
  let digest: String?
  /// Digest of the configuration, which Docker calls the image's ID, in whatever form the image is stored.
  let identifier: String?
  /// Further remarks on the archive, for the user.
  let remarks: [String]
  /// Names that the archive gives it.
  var names: [String] = []
  /// Of the indexes that led to it.
  var digests: [String] = []
}

/// The operating system and architecture of an image, such as `linux/amd64` or `linux/arm/v7`.
package struct ImagePlatform: Sendable, Equatable {
  package let system: String
  package let architecture: String
  /// Such as `v7` for 32-bit ARM; nil where the image names none.
  package let variant: String?

  /// - Parameter text: `OS/ARCHITECTURE` or `OS/ARCHITECTURE/VARIANT`; anything else gives nil.
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

  /// The platform of a Linux container on this machine.
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
/// Source: OCI image specification 1.1, "Image Manifest", "Image Index", "Image Layout"; Docker image specification
/// 1.2.
enum ImageManifest {
  /// Maximum depth of nested indexes, which may also be circular.
  private static let stepLimit = 4

  /// The image of an archive of `docker save` or of an OCI layout.
  ///
  /// - Parameters:
  ///   - name: nil for the only one; nobody but the user can choose among several.
  ///   - digest: of one that has no name: of its manifest or index, or of its configuration in an archive of `docker save`.
  static func resolve(
    _ archive: some ImageArchive, named name: ImageReference?, digest: String? = nil, platform: ImagePlatform?,
    limits: Limits
  ) async throws(BartizanError) -> ResolvedImage {
    if let image = try await find(name, digest: digest, in: archive, platform: platform, limits: limits) {
      return image
    }
    let names = try await self.names(in: archive)
    guard let wanted = name?.text ?? digest else { throw BartizanError(.input, "its manifest.json names no image") }
    throw BartizanError(
      .input, "\(wanted) is not in it; there \(Phrase.noun(names.count, "is", "are")) \(list(names))")
  }

  /// One of several images of an archive.
  struct Entry: Sendable {
    /// The first of its names; nil for one without.
    let name: String?
    /// By which `find` finds it; nil where the archive does not tell one.
    let digest: String?
  }

  /// All images of an archive, in its order.
  static func entries(in archive: some ImageArchive) async throws(BartizanError) -> [Entry] {
    if let bytes = try await archive.document("manifest.json") {
      return try parsed(bytes, "manifest.json").elements.map { image in
        Entry(
          name: image["RepoTags"]?.strings.first { ImageReference($0) != nil },
          digest: image["Config"]?.string.flatMap { sum(inName: $0) })
      }
    }
    guard let bytes = try await archive.document("index.json") else { return [] }
    return images(of: try parsed(bytes, "index.json")["manifests"]?.elements ?? []).map { image in
      Entry(name: image.names.first { ImageReference($0) != nil }, digest: image.digest)
    }
  }

  /// The names of all images of an archive, in its order; those without one are left out.
  private static func names(in archive: some ImageArchive) async throws(BartizanError) -> [String] {
    if let bytes = try await archive.document("manifest.json") {
      return try parsed(bytes, "manifest.json").elements.flatMap { $0["RepoTags"]?.strings ?? [] }
    }
    guard let bytes = try await archive.document("index.json") else { return [] }
    return (try parsed(bytes, "index.json")["manifests"]?.elements ?? []).compactMap { names($0).first }
  }

  private static func list(_ names: [String]) -> String {
    names.isEmpty ? "images without names" : names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
  }

  /// - Parameter images: the names of each image, none for one without.
  private static func refuseChoice(_ images: [[String]]) throws(BartizanError) {
    guard images.count > 1 else { return }
    throw BartizanError(
      .usage,
      "there are \(images.count) images in it; name one as PATH:NAME, or `image scan --all` takes each: \(list(images.flatMap(\.self)))"
    )
  }

  /// One of the images of an archive.
  ///
  /// - Parameters:
  ///   - name: nil for the only one.
  ///   - digest: where it is named by that.
  /// - Returns: nil where the archive has no such image.
  static func find(
    _ name: ImageReference?, digest wanted: String? = nil, in archive: some ImageArchive, platform: ImagePlatform?,
    limits: Limits
  ) async throws(BartizanError) -> ResolvedImage? {
    if let bytes = try await archive.document("manifest.json") {
      return try await docker(try parsed(bytes, "manifest.json"), named: name, digest: wanted, archive, limits)
    }
    guard let bytes = try await archive.document("index.json") else {
      throw BartizanError(.input, "no image in it: neither manifest.json nor index.json")
    }
    if name != nil || wanted != nil {
      let entries = try parsed(bytes, "index.json")["manifests"]?.elements ?? []
      let entry = entries.first { entry in
        guard let name else { return entry["digest"]?.string == wanted }
        // Source: OCI image specification, "Pre-Defined Annotation Keys"; containerd adds the full name.
        return ["org.opencontainers.image.ref.name", "io.containerd.image.name"].contains { key in
          entry[path: "annotations", key]?.string.flatMap { ImageReference($0) } == name
        }
      }
      guard let entry else { return nil }
      let digest = try reference(entry)
      guard let bytes = try await archive.manifest(blob(digest)) else {
        throw BartizanError(.input, "its index leads to no manifest")
      }
      try check(bytes, digest)
      var image = try await resolve(bytes, digest: digest, archive, platform: platform, limits: limits)
      image.names = names(entry)
      return image
    }
    let entries = try parsed(bytes, "index.json")["manifests"]?.elements ?? []
    try refuseChoice(images(of: entries).map(\.names))
    var image = try await resolve(bytes, digest: nil, archive, platform: platform, limits: limits)
    image.names = entries.filter { entry in
      entry["digest"]?.string.map { $0 == image.digest || image.digests.contains($0) } ?? false
    }.flatMap(names)
    return image
  }

  /// The names of each image of a layout: entries of one digest, or of one name for several platforms, are one image, as are
  /// all that have a platform and no name.
  private static func images(of entries: [DocumentNode]) -> [(digest: String, names: [String])] {
    var images: [(digest: String, names: [String])] = []
    for entry in entries where isImage(entry) {
      let (digest, names) = (entry["digest"]?.string ?? "", names(entry))
      if names.isEmpty, entry["platform"] != nil, images.contains(where: \.names.isEmpty) { continue }
      if let same = images.firstIndex(where: { $0.digest == digest || !names.isEmpty && $0.names.first == names.first })
      {
        images[same].names += names
      } else {
        images.append((digest, names))
      }
    }
    return images
  }

  /// Attestations are listed next to images, with an unknown platform.
  private static func isImage(_ entry: DocumentNode) -> Bool {
    entry[path: "platform", "os"]?.string != "unknown"
      && entry[path: "annotations", "vnd.docker.reference.type"] == nil
  }

  /// What an index calls one of its images.
  ///
  /// Source: OCI image specification, "Pre-Defined Annotation Keys"; containerd writes the whole name beside it.
  private static func names(_ entry: DocumentNode) -> [String] {
    ["io.containerd.image.name", "org.opencontainers.image.ref.name"].compactMap {
      entry[path: "annotations", $0]?.string
    }
  }

  /// The image of a manifest or an index.
  ///
  /// - Parameter digest: of the bytes, where they were requested by it.
  static func resolve(
    _ bytes: [UInt8], digest: String?, _ archive: some ImageArchive, platform: ImagePlatform?, limits: Limits
  ) async throws(BartizanError) -> ResolvedImage {
    var document = try parsed(bytes, "the manifest")
    var digest = digest
    var seen = Set<String>()
    var indexes: [String] = []
    for _ in 0..<stepLimit {
      if document["layers"] != nil || document["fsLayers"] != nil {
        var image = try await oci(document, digest: digest, archive, limits)
        image.digests = indexes
        return image
      }
      if let digest { indexes.append(digest) }
      let entries = (document["manifests"]?.elements ?? []).filter(isImage)
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
    guard let descriptors = manifest["layers"]?.array else {
      throw BartizanError(.input, "its manifest has no list of layers: it is no image")
    }
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
    try checkCount(descriptors.count, plain.count)
    var layers: [ResolvedImage.Layer] = []
    for (index, descriptor) in descriptors.enumerated() {
      let name = try reference(descriptor)
      layers.append(
        ResolvedImage.Layer(name: blob(name), digest: name, plainDigest: plain.isEmpty ? nil : plain[index]))
    }
    return ResolvedImage(
      layers: layers, configuration: configuration, digest: digest, identifier: identifier, remarks: remarks)
  }

  /// Docker's list of images, of which the first is used.
  private static func docker(
    _ list: DocumentNode, named name: ImageReference?, digest: String?, _ archive: some ImageArchive, _ limits: Limits
  ) async throws(BartizanError) -> ResolvedImage? {
    let images = list.elements.filter { image in
      if let digest { return image["Config"]?.string.flatMap { sum(inName: $0) } == digest }
      return name == nil || (image["RepoTags"]?.strings ?? []).contains { ImageReference($0) == name }
    }
    if name == nil, digest == nil { try refuseChoice(images.map { $0["RepoTags"]?.strings ?? [] }) }
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
    let plain = configuration?.layers ?? []
    try checkCount(names.count, plain.count)
    return ResolvedImage(
      layers: names.enumerated().map { index, name in
        ResolvedImage.Layer(
          name: name, digest: name.hasPrefix("blobs/") ? sum(inName: name) : nil,
          plainDigest: plain.isEmpty ? nil : plain[index])
      }, configuration: configuration, digest: nil, identifier: identifier, remarks: [],
      names: image["RepoTags"]?.strings ?? [])
  }

  /// A runtime refuses an image whose manifest and configuration differ in their layers, and whoever reads one of them would miss some.
  ///
  /// - Parameter configured: none where the configuration is not that of an image, or is not there.
  private static func checkCount(_ listed: Int, _ configured: Int) throws(BartizanError) {
    guard configured == 0 || listed == configured else {
      throw BartizanError(
        .input,
        "its manifest lists \(Phrase.count(listed, "layer")), its configuration \(configured): get the image again")
    }
  }

  /// The digest in a file name, as Docker names layers and configurations.
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
