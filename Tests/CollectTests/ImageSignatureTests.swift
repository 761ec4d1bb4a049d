import Bytes
import Collect
import FakeCluster
import Images
import TestKit
import Testing
import Trust

/// Signatures are found wherever signers put them, and what could not be read is said.
@Suite struct ImageSignatureTests {
  private struct Stored {
    var manifests: [String: [UInt8]] = [:]
    var blobs: [String: [UInt8]] = [:]

    mutating func blob(_ text: String) -> (digest: String, size: Int) {
      let bytes = Array(text.utf8)
      let digest = Digest.sha256(bytes).text
      blobs[digest] = bytes
      return (digest, bytes.count)
    }

    mutating func manifest(_ text: String, tag: String? = nil) -> String {
      let bytes = Array(text.utf8)
      let digest = Digest.sha256(bytes).text
      manifests[digest] = bytes
      if let tag { manifests[tag] = bytes }
      return digest
    }
  }

  private static let bundleType = "application/vnd.dev.sigstore.bundle.v0.3+json"

  /// An image with one signature of each kind; the referrers are returned as the index of them.
  private static func stored() -> (stored: Stored, image: String, referrers: String) {
    var stored = Stored()
    let image = stored.manifest(
      #"{"mediaType": "application/vnd.oci.image.manifest.v1+json", "layers": []}"#, tag: "1.4")
    let payload = stored.blob(#"{"critical": {}}"#)
    _ = stored.manifest(
      """
      {"layers": [{"mediaType": "\(CosignManifest.simpleSigningType)", "digest": "\(payload.digest)",
       "annotations": {"dev.cosignproject.cosign/signature": "YQ=="}}]}
      """, tag: image.replacing(":", with: "-") + ".sig")
    let bundle = stored.blob(#"{"mediaType": "a bundle"}"#)
    let envelope = stored.blob(#"{"payload": ""}"#)
    let first = stored.manifest(#"{"layers": [{"mediaType": "\#(bundleType)", "digest": "\#(bundle.digest)"}]}"#)
    let second = stored.manifest(
      #"{"layers": [{"mediaType": "application/jose+json", "digest": "\#(envelope.digest)"}]}"#)
    return (stored, image, #"{"manifests": [{"digest": "\#(first)"}, {"digest": "\#(second)"}]}"#)
  }

  private static func find(_ registry: FakeRegistry) async throws -> SignedImage {
    var options = ImageSource.Options()
    options.registry = RegistrySettings { _ in nil }
    return try await ImageSource.signatures("\(registry.name)/team/app:1.4", options)
  }

  private static func forms(_ image: SignedImage) -> [String] {
    image.evidence.map {
      switch $0.form {
      case .bundle: "bundle"
      case .cosign: "cosign"
      case .notation(_, let format): format.rawValue
      }
    }
  }

  /// With the interface for referrers, and with the tag that stands for it.
  @Test(arguments: [true, false]) func inARegistry(_ hasInterface: Bool) async throws {
    var (stored, image, list) = Self.stored()
    if !hasInterface { _ = stored.manifest(list, tag: image.replacing(":", with: "-")) }
    let registry = try await FakeRegistry(
      manifests: stored.manifests, blobs: stored.blobs, referrers: hasInterface ? [image: Array(list.utf8)] : nil)
    let found = try await Self.find(registry)
    await registry.close()
    #expect(Self.forms(found) == ["cosign", "bundle", "application/jose+json"])
    #expect(found.gaps.isEmpty && found.digest.text == image)
    #expect(found.repository == "\(registry.name)/team/app" && found.tag == "1.4")
  }

  @Test func whatIsMissingOrChangedIsSaid() async throws {
    let (stored, image, list) = Self.stored()
    for change in ["gone", "changed"] {
      var blobs = stored.blobs
      let bundle = try #require(blobs.first { $0.value == Array(#"{"mediaType": "a bundle"}"#.utf8) }?.key)
      blobs[bundle] = change == "gone" ? nil : Array("other".utf8)
      let registry = try await FakeRegistry(
        manifests: stored.manifests, blobs: blobs, referrers: [image: Array(list.utf8)])
      let found = try await Self.find(registry)
      await registry.close()
      #expect(Self.forms(found) == ["cosign", "application/jose+json"])
      #expect(found.gaps.count == 1, "\(change)")
    }
    let registry = try await FakeRegistry(
      manifests: stored.manifests, blobs: stored.blobs, referrers: [image: Array("{}".utf8)])
    let found = try await Self.find(registry)
    await registry.close()
    #expect(found.gaps.count == 1)
  }

  /// A layout as folder and as archive, compressed and not.
  @Test func inALayout() async throws {
    let (stored, image, list) = Self.stored()
    let folder = try TemporaryFolder()
    var entries = [#"{"digest": "\#(image)", "annotations": {"org.opencontainers.image.ref.name": "1.4"}}"#]
    let signature = Digest.sha256(try #require(stored.manifests[image.replacing(":", with: "-") + ".sig"])).text
    entries.append(
      #"{"digest": "\#(signature)", "annotations": {"org.opencontainers.image.ref.name": "\#(image.replacing(":", with: "-")).sig"}}"#
    )
    let index = Digest.sha256(Array(list.utf8)).text
    entries.append(
      #"{"digest": "\#(index)", "annotations": {"org.opencontainers.image.ref.name": "\#(image.replacing(":", with: "-"))"}}"#
    )
    var files = [
      ("oci-layout", #"{"imageLayoutVersion": "1.0.0"}"#),
      ("index.json", #"{"manifests": [\#(entries.joined(separator: ","))]}"#),
      ("blobs/sha256/" + index.dropFirst(7), list),
    ]
    for (name, bytes) in stored.blobs.merging(stored.manifests, uniquingKeysWith: { $1 })
    where name.hasPrefix("sha256:") {
      files.append(("blobs/sha256/" + name.dropFirst(7), String(decoding: bytes, as: UTF8.self)))
    }
    for (name, text) in files { try folder.write("layout/" + name, text) }
    let archive = TarBuilder.archive(files)
    try folder.write("layout.tar", archive)
    try folder.write("layout.tar.gz", TarBuilder.compressed(archive))
    for name in ["layout", "layout.tar", "layout.tar.gz"] {
      let found = try await ImageSource.signatures(folder.path + "/" + name)
      #expect(Self.forms(found).sorted() == ["application/jose+json", "bundle", "cosign"], "\(name)")
      #expect(found.digest.text == image && found.gaps.isEmpty, "\(name): \(found.gaps)")
    }
  }

  /// An index, and of its images the one for a platform, each with what belongs to it.
  @Test func platforms() async throws {
    var stored = Stored()
    func signature(_ subject: String) {
      let bundle = stored.blob(#"{"about": "\#(subject)"}"#)
      _ = stored.manifest(
        #"{"layers": [{"mediaType": "\#(Self.bundleType)", "digest": "\#(bundle.digest)"}]}"#,
        tag: subject.replacing(":", with: "-") + ".sig")
    }
    let configuration = stored.blob(#"{"os": "linux", "architecture": "amd64"}"#)
    let manifestType = "application/vnd.oci.image.manifest.v1+json"
    let intel = stored.manifest(
      #"{"mediaType": "\#(manifestType)", "config": {"digest": "\#(configuration.digest)"}, "layers": []}"#,
      tag: "alone")
    let arm = stored.manifest(#"{"mediaType": "\#(manifestType)", "layers": [], "annotations": {"a": "arm"}}"#)
    let other = stored.manifest(
      #"{"mediaType": "\#(manifestType)", "layers": [], "annotations": {"a": "attestation"}}"#)
    func entry(_ digest: String, _ architecture: String, _ system: String = "linux") -> String {
      #"{"mediaType": "\#(manifestType)", "digest": "\#(digest)", "platform": {"os": "\#(system)", "architecture": "\#(architecture)"}}"#
    }
    let index = stored.manifest(
      """
      {"mediaType": "application/vnd.oci.image.index.v1+json", "manifests":
       [\(entry(other, "unknown", "unknown")), \(entry(intel, "amd64")), \(entry(arm, "arm64"))]}
      """, tag: "1.4")
    signature(index)
    signature(arm)
    let registry = try await FakeRegistry(manifests: stored.manifests, blobs: stored.blobs, referrers: nil)
    func find(_ platform: String?, tag: String = "1.4") async throws -> SignedImage {
      var options = ImageSource.Options()
      options.registry = RegistrySettings { _ in nil }
      options.platform = platform.flatMap { ImagePlatform($0) }
      return try await ImageSource.signatures("\(registry.name)/team/app:\(tag)", options)
    }
    let whole = try await find(nil)
    #expect(whole.digest.text == index && whole.isIndex && whole.indexes.isEmpty && whole.evidence.count == 1)
    for (platform, digest, count) in [("linux/arm64", arm, 1), ("linux/amd64", intel, 0)] {
      let part = try await find(platform)
      #expect(part.digest.text == digest && !part.isIndex && part.evidence.count == count, "\(platform)")
      #expect(part.indexes.map(\.digest.text) == [index] && part.indexes.first?.evidence.count == 1)
    }
    #expect(try await find("linux/amd64", tag: "alone").digest.text == intel)
    for (platform, tag) in [("linux/s390x", "1.4"), ("linux/arm64", "alone"), ("windows/amd64", "1.4")] {
      await #expect(throws: (any Error).self, "\(platform)") { _ = try await find(platform, tag: tag) }
    }
    await registry.close()
  }
}
