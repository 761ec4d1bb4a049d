import Bytes
import Findings

/// Where an image and what belongs to it is looked up: a registry, or a layout in a folder or an archive.
protocol SignatureStore: Sendable {
  /// The manifest or index that is asked for.
  func subject() async throws(BartizanError) -> SignatureSubject

  /// The manifest under a tag; nil where there is no such tag.
  ///
  /// - Throws: where that cannot be known.
  func manifest(tag: String) async throws(BartizanError) -> [UInt8]?

  /// The content of a digest: a manifest, or another small blob.
  func manifest(digest: Digest) async throws(BartizanError) -> [UInt8]?
  func blob(digest: Digest) async throws(BartizanError) -> [UInt8]?

  /// Digests of the manifests that refer to the subject, and whether that are all.
  func referrers(of digest: Digest) async throws(BartizanError) -> (digests: [Digest], isWhole: Bool)
}

/// The manifest or index of an image.
struct SignatureSubject: Sendable {
  let bytes: [UInt8]
  let digest: Digest
  /// The registry and repository; empty where it has no name.
  let repository: String
  let tag: String?
  /// Whether the tag stands for the digest.
  var isTagProved = true
}
