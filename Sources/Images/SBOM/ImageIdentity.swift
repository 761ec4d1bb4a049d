package import Bytes

/// What an image, or whatever else is looked at, is called: by its digests, by its names, by package URLs. Statements of others name
/// what they are about by one of these.
package struct ImageIdentity: Sendable {
  package private(set) var digests: Set<String> = []
  /// That of its manifest, which registries name it by.
  private var manifest: String?
  package private(set) var references: [ImageReference] = []
  package private(set) var purls: [PackageURL] = []
  /// Names that are no references of images.
  private var names: Set<String> = []

  /// Serial numbers of bills of materials of it, without `urn:uuid:`, in lower case.
  private var serials: Set<String> = []

  package init() {}

  /// Whether nothing is known that a statement could name.
  package var isEmpty: Bool {
    digests.isEmpty && references.isEmpty && purls.isEmpty && names.isEmpty && serials.isEmpty
  }

  /// - Parameter serial: of a bill of materials, `urn:uuid:…`.
  package mutating func add(serial: String) { serials.insert(Self.bare(serial)) }

  private static func bare(_ serial: String) -> String {
    let text = serial.lowercased()
    return text.hasPrefix("urn:uuid:") ? String(text.dropFirst(9)) : text
  }

  /// Whether two serial numbers are one, with or without what stands before them.
  static func isSame(_ serial: String, _ other: String) -> Bool { bare(serial) == bare(other) }

  /// Whether one of its bills of materials has this number.
  package func isMeant(bySerial serial: String) -> Bool { serials.contains(Self.bare(serial)) }

  /// Whether a document about something is about this: they share a digest, or the name of the one means the other.
  package func isMeant(by other: ImageIdentity) -> Bool {
    if !digests.isDisjoint(with: other.digests) { return true }
    // What is known by a digest, and by another one than this, is another build.
    if !digests.isEmpty, !other.digests.isEmpty { return false }
    // A name that stands there with a version, too, does not mean all versions.
    let whole = other.names.filter { name in
      !other.names.contains { $0.hasPrefix(name + ":") || $0.hasPrefix(name + "@") }
    }
    return other.purls.contains { isMeant(by: $0) } || whole.contains { isMeant(byName: $0) }
  }

  /// Whether it is told of one build or version, rather than of all.
  var hasVersion: Bool {
    !digests.isEmpty || purls.contains { $0.version != nil || $0.qualifiers["tag"] != nil }
      || names.contains { name in
        ImageReference(name)?.tellsVersion(in: name) ?? name.contains(":")
      }
  }

  /// What is known of its version: tags, and versions of package URLs.
  var versions: [String] {
    let told = purls.compactMap(\.version).filter { Digest($0) == nil } + purls.compactMap { $0.qualifiers["tag"] }
    return told + references.compactMap(\.tag)
  }

  /// Names without what stands before them, for a comparison with what others call it.
  var lastNames: [String] {
    purls.map(\.name) + references.compactMap { $0.repository.split(separator: "/").last.map(String.init) } + names
  }

  /// How it is told to people; nil where nothing is known.
  package var title: String? {
    purls.first?.text ?? references.first?.text ?? names.sorted().first ?? digests.sorted().first
      ?? serials.sorted().first.map { "urn:uuid:" + $0 }
  }

  /// - Parameter digest: `sha256:…`, of the manifest, of an index that leads to it, or of the configuration.
  package mutating func add(digest: String) { if Digest(digest) != nil { digests.insert(digest) } }

  /// - Parameter manifest: the digest of its own manifest.
  package mutating func add(manifest digest: String) {
    add(digest: digest)
    if digests.contains(digest) { manifest = digest }
  }

  /// - Parameter name: as people name it; one that is the name of an image may have a tag and a digest.
  package mutating func add(name: String) {
    names.insert(name)
    if let reference = ImageReference(name) { add(reference) }
  }

  /// - Parameter title: a name that is no reference of an image: of a file or a folder.
  package mutating func add(title: String) { names.insert(title) }

  package mutating func add(_ reference: ImageReference) {
    if let digest = reference.digest { digests.insert(digest) }
    if !references.contains(reference) { references.append(reference) }
  }

  package mutating func add(purl text: String) {
    guard let purl = try? PackageURL(text) else { return }
    purls.append(purl)
    guard purl.type == "oci" || purl.type == "docker" else { return }
    if let version = purl.version, Digest(version) != nil { digests.insert(version) }
    let place =
      purl.qualifiers["repository_url"] ?? [purl.namespace, purl.name].compactMap { $0 }.joined(separator: "/")
    let tag = purl.qualifiers["tag"] ?? purl.version.flatMap { Digest($0) == nil ? $0 : nil }
    if let reference = ImageReference(place + (tag.map { ":" + $0 } ?? "")) { add(reference) }
  }

  package mutating func formUnion(_ other: ImageIdentity) {
    digests.formUnion(other.digests)
    names.formUnion(other.names)
    serials.formUnion(other.serials)
    manifest = manifest ?? other.manifest
    for reference in other.references { add(reference) }
    purls += other.purls.filter { !purls.contains($0) }
  }

  /// The package URL of the image itself: the digest as version, the repository and the tag as qualifiers.
  ///
  /// Source: purl-spec, type `oci`.
  package var purl: PackageURL? {
    if let own = purls.first { return own }
    guard let reference = references.first, let name = reference.repository.split(separator: "/").last else {
      return nil
    }
    var qualifiers = ["repository_url": "\(reference.registry)/\(reference.repository)"]
    qualifiers["tag"] = reference.tag
    return try? PackageURL(
      type: "oci", namespace: nil, name: String(name), version: reference.digest ?? manifest,
      qualifiers: qualifiers)
  }

  /// Whether a statement's product is this.
  ///
  /// A digest has to be one of its own, a repository and a tag those of one of its names; what the product does not tell, it means
  /// all of.
  package func isMeant(by product: PackageURL) -> Bool {
    guard product.type == "oci" || product.type == "docker" else {
      return purls.contains { own in
        own.type == product.type && own.namespace == product.namespace && own.name == product.name
          && (product.version == nil || product.version == own.version)
      }
    }
    if let version = product.version, Digest(version) != nil {
      guard digests.contains(version) else { return false }
    }
    let place = product.qualifiers["repository_url"]
    let tag = product.qualifiers["tag"] ?? product.version.flatMap { Digest($0) == nil ? $0 : nil }
    let isNamed = references.contains { own in
      guard own.repository.split(separator: "/").last.map(String.init)?.lowercased() == product.name else {
        return false
      }
      if let place {
        // Some write the repository there, as the type says, and some what stands before its name.
        guard
          [place, place + "/" + product.name].contains(where: { text in
            ImageReference(text).map { $0.registry == own.registry && $0.repository == own.repository } ?? false
          })
        else { return false }
      }
      if let namespace = product.namespace, !own.repository.hasSuffix(namespace + "/" + product.name) { return false }
      return tag == nil || tag == own.tag
    }
    if isNamed { return true }
    // Nothing but a digest is known of it, and that is the one.
    return references.isEmpty && place == nil && product.version.map { digests.contains($0) } == true
      || purls.contains { own in
        own.type == product.type && own.name == product.name && place == nil && tag == nil
          && (product.version == nil || product.version == own.version)
      }
  }

  /// Whether a name that is no package URL means this: the name of the image, one of its digests.
  package func isMeant(byName text: String) -> Bool {
    if digests.contains(text) || names.contains(text) { return true }
    guard let reference = ImageReference(text) else { return false }
    return references.contains { own in
      own.registry == reference.registry && own.repository == reference.repository
        && (reference.digest.map { digests.contains($0) } ?? (own.tag == reference.tag))
    }
  }

  /// Names and digests, as documents tell them by names of our own.
  var properties: [(name: String, value: String)] {
    references.map { ("bartizan:name", $0.text) } + digests.sorted().map { ("bartizan:digest", $0) }
  }

  /// Takes in what tools write beside the words of a format: ours, and Trivy's.
  mutating func take(property name: String, _ value: String) {
    switch name {
    case "bartizan:name", "aquasecurity:trivy:RepoTag", "aquasecurity:trivy:RepoDigest", "aquasecurity:trivy:Reference":
      add(name: value)
    case "bartizan:digest", "aquasecurity:trivy:ImageID": add(digest: value)
    default: break
    }
  }

  // MARK: As a document

  /// As processes of this program tell each other.
  package func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("digests", digests.sorted())
      if let manifest { writer.field("manifest", manifest) }
      writer.field("references", references.map(\.text))
      writer.field("purls", purls.map(\.text))
      writer.field("names", names.sorted())
      writer.field("serials", serials.sorted())
    }
  }

  package init(json item: DocumentNode) {
    self.init()
    digests = Set(item["digests"]?.strings ?? [])
    manifest = item["manifest"]?.string
    references = (item["references"]?.strings ?? []).compactMap { ImageReference($0) }
    purls = (item["purls"]?.strings ?? []).compactMap { try? PackageURL($0) }
    names = Set(item["names"]?.strings ?? [])
    serials = Set(item["serials"]?.strings ?? [])
  }
}
