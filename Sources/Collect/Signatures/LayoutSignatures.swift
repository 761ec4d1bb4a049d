import Bytes
import Findings
import Images
import Trust

/// Signatures in an OCI layout: by the names that its index gives them, by `subject`, and by the kinds that `cosign save`
/// writes.
struct LayoutSignatures<Archive: ImageArchive>: SignatureStore {
  let archive: Archive
  /// Nil for the only image.
  let name: ImageReference?
  /// Of its index.
  private let entries: [DocumentNode]

  init(archive: Archive, name: ImageReference?) async throws(BartizanError) {
    self.archive = archive
    self.name = name
    entries = try await Self.entries(of: archive)
  }

  /// Maximum number of entries of an index that are opened to see what they refer to.
  private var entryLimit: Int { 500 }

  private static func entries(of archive: Archive) async throws(BartizanError) -> [DocumentNode] {
    guard let bytes = try await archive.document("index.json") else {
      throw BartizanError(
        .input,
        "it has no index.json: archives of older Docker hold no manifest, which is what is signed; use an OCI layout")
    }
    do throws(DocumentError) { return try JSONReader.read(bytes)["manifests"]?.elements ?? [] } catch {
      throw BartizanError(.input, "index.json: \(error.message)")
    }
  }

  private static func names(_ entry: DocumentNode) -> [String] {
    ["org.opencontainers.image.ref.name", "io.containerd.image.name"].compactMap {
      entry[path: "annotations", $0]?.string
    }
  }

  /// The last part of a name that is a tag, or the name itself, as layouts have both.
  private static func isTag(_ tag: String, _ entry: DocumentNode) -> Bool {
    names(entry).contains { $0 == tag || $0.hasSuffix(":" + tag) }
  }

  /// Whether a name is a tag for what belongs to an image: `sha256-…`, the list of referrers of registries without that
  /// interface, and cosign's `sha256-….sig`, `.att` and `.sbom`.
  private static func isOfSignatures(_ name: String) -> Bool {
    let tag = name.lastIndex(of: ":").map { name[name.index(after: $0)...] } ?? name[...]
    let parts = tag.split(separator: ".", maxSplits: 1)
    guard let first = parts.first, first.contains("-") else { return false }
    let isKnown = parts.count == 1 || ["sig", "att", "sbom"].contains(parts[1])
    return isKnown && Digest(first.replacing("-", with: ":", maxReplacements: 1)) != nil
  }

  /// As `cosign save` marks what belongs to an image.
  private static func isSignature(_ entry: DocumentNode) -> Bool {
    let kind = entry[path: "annotations", "kind"]?.string ?? ""
    return kind.hasSuffix("/sigs") || kind.hasSuffix("/atts")
  }

  func subject() async throws(BartizanError) -> SignatureSubject {
    var candidates: [(digest: Digest, bytes: [UInt8], entry: DocumentNode)] = []
    for entry in entries.prefix(entryLimit) {
      if Self.isSignature(entry) { continue }
      if let name {
        guard Self.names(entry).contains(where: { ImageReference($0) == name }) else { continue }
      } else if Self.names(entry).contains(where: Self.isOfSignatures)
        || entry[path: "annotations", "vnd.docker.reference.type"] != nil
      {
        continue
      }
      guard let digest = entry["digest"]?.string.flatMap({ Digest($0) }),
        !candidates.contains(where: { $0.digest == digest })
      else { continue }
      guard let bytes = try await manifest(digest: digest) else { continue }
      try SignatureSearch.check(bytes, digest)
      // What refers to another manifest is a signature or an SBOM, no image.
      if (try? JSONReader.read(bytes))?["subject"] != nil { continue }
      candidates.append((digest, bytes, entry))
    }
    guard let first = candidates.first else {
      throw BartizanError(.input, name.map { "\($0.text) is not in it" } ?? "no image in it")
    }
    guard candidates.count == 1 else {
      throw BartizanError(
        .usage,
        "there are \(candidates.count) images in it; name one as PATH:NAME: \(candidates.flatMap { Self.names($0.entry) }.prefix(20).joined(separator: ", "))"
      )
    }
    // A tag alone says nothing of the repository.
    let named = name ?? Self.names(first.entry).first { $0.contains("/") }.flatMap { ImageReference($0) }
    return SignatureSubject(
      bytes: first.bytes, digest: first.digest,
      repository: named.map { "\($0.registry)/\($0.repository)" } ?? "", tag: named?.tag)
  }

  func manifest(tag: String) async throws(BartizanError) -> [UInt8]? {
    for entry in entries where Self.isTag(tag, entry) {
      if let digest = entry["digest"]?.string.flatMap({ Digest($0) }) { return try await manifest(digest: digest) }
    }
    return nil
  }

  func manifest(digest: Digest) async throws(BartizanError) -> [UInt8]? {
    try await archive.document("blobs/\(digest.algorithm.rawValue)/\(digest.hex)")
  }

  func blob(digest: Digest) async throws(BartizanError) -> [UInt8]? { try await manifest(digest: digest) }

  func referrers(of digest: Digest) async throws(BartizanError) -> (digests: [Digest], isWhole: Bool) {
    var found: [Digest] = []
    for entry in entries.prefix(entryLimit) {
      guard let own = entry["digest"]?.string.flatMap({ Digest($0) }), own != digest else { continue }
      if Self.isSignature(entry) {
        found.append(own)
        continue
      }
      if Self.isTag(digest.text.replacing(":", with: "-"), entry), let list = try await manifest(digest: own) {
        let nodes = (try? JSONReader.read(list))?["manifests"]?.elements ?? []
        found += nodes.compactMap { $0["digest"]?.string.flatMap { Digest($0) } }
        continue
      }
      guard let bytes = try await manifest(digest: own), let document = try? JSONReader.read(bytes) else { continue }
      if document[path: "subject", "digest"]?.string == digest.text { found.append(own) }
    }
    return (found, entries.count <= entryLimit)
  }
}
