import Bytes
import Findings
import Images
import Trust

/// Collects the signatures and attestations of an image: cosign's tags, referrers, and what they hold.
///
/// Source: OCI distribution specification 1.1, "Listing Referrers"; cosign, specs/SIGNATURE_SPEC.md, BUNDLE_SPEC.md;
/// notaryproject/specifications, signature-specification.md.
struct SignatureSearch {
  /// Maximum number of manifests that are looked at for one image, and of layers in each.
  private static let manifestLimit = 100
  private static let layerLimit = 100
  /// Maximum number of signatures of one image, and of bytes of all of them: whoever may push may push many.
  private static let evidenceLimit = 500
  private static let evidenceBytes = 64 << 20

  let store: any SignatureStore
  private var evidence: [SignedImage.Evidence] = []
  private var gaps: [String] = []
  private var seen = Set<Digest>()
  private var bytes = 0

  private init(_ store: any SignatureStore) { self.store = store }

  /// - Parameters:
  ///   - source: as the user named the image.
  ///   - platform: of an index, the image for this, together with the index; nil: what the reference resolves to.
  static func run(
    _ store: any SignatureStore, _ source: String, platform: ImagePlatform?
  ) async throws(BartizanError) -> SignedImage {
    let subject = try await store.subject()
    var search = SignatureSearch(store)
    guard let platform else { return await search.run(subject, source) }
    let document = try Self.document(subject)
    guard let manifests = document["manifests"]?.array else {
      try await Self.check(document, platform, store)
      return await search.run(subject, source)
    }
    let digest = manifests.first { platform.fits($0["platform"] ?? .null) }?["digest"]?.string
    guard let digest = digest.flatMap({ Digest($0) }) else {
      throw BartizanError(.input, "there is no image for \(platform.text) in it")
    }
    guard let bytes = try await store.manifest(digest: digest) else {
      throw BartizanError(.remote, "the image for \(platform.text), \(digest.text), is not there")
    }
    try Self.check(bytes, digest)
    let part = SignatureSubject(
      bytes: bytes, digest: digest, repository: subject.repository, tag: subject.tag,
      isTagProved: subject.isTagProved)
    let index = await search.run(subject, source)
    var own = SignatureSearch(store)
    return await own.run(part, source, indexes: [index])
  }

  private static func document(_ subject: SignatureSubject) throws(BartizanError) -> DocumentNode {
    do throws(DocumentError) { return try JSONReader.read(subject.bytes) } catch {
      throw BartizanError(.remote, "its manifest: \(error.message)")
    }
  }

  /// An image that is alone says in its configuration for which platform it is.
  private static func check(
    _ manifest: DocumentNode, _ platform: ImagePlatform, _ store: any SignatureStore
  ) async throws(BartizanError) {
    guard let digest = manifest[path: "config", "digest"]?.string.flatMap({ Digest($0) }),
      let bytes = try await store.blob(digest: digest)
    else { throw BartizanError(.input, "it does not say for which platform it is") }
    try check(bytes, digest)
    let configuration = (try? JSONReader.read(bytes)) ?? .null
    guard platform.fits(configuration) else {
      let own = [configuration["os"]?.string, configuration["architecture"]?.string].compactMap { $0 }
      throw BartizanError(.input, "it is for \(own.joined(separator: "/")), not for \(platform.text)")
    }
  }

  /// What belongs to one manifest or index.
  private mutating func run(
    _ subject: SignatureSubject, _ source: String, indexes: [SignedImage] = []
  ) async -> SignedImage {
    let word = subject.digest.text.replacing(":", with: "-")
    for suffix in [".sig", ".att"] {
      do throws(BartizanError) {
        if let bytes = try await store.manifest(tag: word + suffix) { await read(bytes, origin: word + suffix) }
      } catch {
        gaps.append("tag \(word)\(suffix): \(error.message)")
      }
    }
    do throws(BartizanError) {
      let (digests, isWhole) = try await store.referrers(of: subject.digest)
      if !isWhole { gaps.append("the list of referrers was not read to its end") }
      for digest in digests { await readReferrer(digest) }
    } catch {
      gaps.append("referrers: \(error.message)")
    }
    let document = try? JSONReader.read(subject.bytes)
    return SignedImage(
      reference: source, repository: subject.repository, tag: subject.tag,
      isTagProved: subject.isTagProved, digest: subject.digest,
      mediaType: document?["mediaType"]?.string ?? Self.usualType(document), size: Int64(subject.bytes.count),
      source: document?[path: "annotations", "org.opencontainers.image.source"]?.string,
      evidence: evidence, gaps: gaps, indexes: indexes)
  }

  /// An index of OCI need not state its type.
  private static func usualType(_ document: DocumentNode?) -> String? {
    document?["manifests"]?.array != nil ? "application/vnd.oci.image.index.v1+json" : nil
  }

  private mutating func readReferrer(_ digest: Digest) async {
    guard seen.insert(digest).inserted else { return }
    guard seen.count <= Self.manifestLimit else {
      if seen.count == Self.manifestLimit + 1 { gaps.append("more than \(Self.manifestLimit) referrers are not read") }
      return
    }
    do throws(BartizanError) {
      guard let bytes = try await store.manifest(digest: digest) else {
        gaps.append("\(digest.text) is not there")
        return
      }
      try Self.check(bytes, digest)
      await read(bytes, origin: digest.text)
    } catch {
      gaps.append("\(digest.text): \(error.message)")
    }
  }

  /// The layers of a manifest that are signatures, by the media types that signers use. Others are of no interest here.
  private mutating func read(_ manifest: [UInt8], origin: String) async {
    guard let document = try? JSONReader.read(manifest) else {
      gaps.append("\(origin): not a manifest")
      return
    }
    let layers = document["layers"]?.elements ?? []
    if layers.count > Self.layerLimit { gaps.append("\(origin): more than \(Self.layerLimit) layers are not read") }
    for node in layers.prefix(Self.layerLimit) {
      let type = node["mediaType"]?.string ?? ""
      if let layer = CosignManifest.layer(node) {
        if let content = await content(layer.digest, origin) { add(.cosign(content, layer), origin) }
      } else if type.hasPrefix("application/vnd.dev.sigstore.bundle") {
        if let content = await content(node["digest"]?.string ?? "", origin) { add(.bundle(content), origin) }
      } else if let format = NotationEnvelope.Format(rawValue: type) {
        if let content = await content(node["digest"]?.string ?? "", origin) { add(.notation(content, format), origin) }
      }
    }
  }

  private mutating func add(_ form: SignedImage.Evidence.Form, _ origin: String) {
    evidence.append(SignedImage.Evidence(form, origin: origin))
  }

  private mutating func content(_ text: String, _ origin: String) async -> [UInt8]? {
    guard let digest = Digest(text) else {
      gaps.append("\(origin): a layer has no digest")
      return nil
    }
    guard evidence.count < Self.evidenceLimit, bytes < Self.evidenceBytes else {
      let reason = "more than \(Self.evidenceLimit) signatures, or \(Self.evidenceBytes) bytes of them, are not read"
      if !gaps.contains(reason) { gaps.append(reason) }
      return nil
    }
    do throws(BartizanError) {
      guard let bytes = try await store.blob(digest: digest) else {
        gaps.append("\(origin): its layer \(digest.short) is not there, or cannot be read")
        return nil
      }
      try Self.check(bytes, digest)
      self.bytes += bytes.count
      return bytes
    } catch {
      gaps.append("\(origin): \(error.message)")
      return nil
    }
  }

  static func check(_ bytes: [UInt8], _ digest: Digest) throws(BartizanError) {
    let sum = digest.algorithm == .sha512 ? HashAlgorithm.sha512 : .sha256
    guard Digest(digest.algorithm, sum: sum.hash(bytes)) == digest else {
      throw BartizanError(.remote, "\(digest.text) was changed or damaged on its way")
    }
  }
}
