import Bytes
import Findings
import Images
import Transport

extension RegistryImage: SignatureStore {
  /// Maximum number of pages of a list of referrers.
  private static let pageLimit = 20

  func subject() async throws(BartizanError) -> SignatureSubject {
    let (bytes, text) = try await manifest()
    guard let digest = Digest(text) else { throw BartizanError(.remote, "the manifest has no digest") }
    return SignatureSubject(
      bytes: bytes, digest: digest, repository: "\(reference.registry)/\(reference.repository)", tag: reference.tag,
      isTagProved: await isTagProved(digest))
  }

  /// Whether the tag of the reference, where it has one beside the digest, is that of the digest. What cannot be known is not proved.
  private func isTagProved(_ digest: Digest) async -> Bool {
    guard reference.digest != nil, let tag = reference.tag else { return true }
    guard let bytes = try? await manifest(tag: tag) else { return false }
    return (try? SignatureSearch.check(bytes, digest)) != nil
  }

  func manifest(tag: String) async throws(BartizanError) -> [UInt8]? {
    try await optional("manifests/\(tag)", accept: Self.manifestTypes)
  }

  func manifest(digest: Digest) async throws(BartizanError) -> [UInt8]? {
    try await optional("manifests/\(digest.text)", accept: Self.manifestTypes)
  }

  func blob(digest: Digest) async throws(BartizanError) -> [UInt8]? {
    try await optional("blobs/\(digest.text)", accept: [])
  }

  /// Nil only where the registry says that there is no such thing. A mirror that lacks a signature is no proof of its
  /// absence, so the registry itself has the last word.
  private func optional(_ path: String, accept: [String]) async throws(BartizanError) -> [UInt8]? {
    try await last { (client) async throws(BartizanError) -> [UInt8]? in
      let reply = try await client.send(
        "/v2/\(reference.repository)/\(path)", headers: accept.map { ("Accept", $0) }, scope: scope)
      let bytes = try await client.body(reply, limit: limits.manifestBytes)
      if reply.status == 404 { return nil }
      guard reply.status == 200 else { throw RegistryAnswer.failure(reply.status, bytes, client.registry, reference) }
      return bytes
    }
  }

  func referrers(of digest: Digest) async throws(BartizanError) -> (digests: [Digest], isWhole: Bool) {
    let found = try await last { (client) async throws(BartizanError) -> (digests: [Digest], isWhole: Bool)? in
      var path = "/v2/\(reference.repository)/referrers/\(digest.text)"
      var digests: [Digest] = []
      for _ in 0..<Self.pageLimit {
        let reply = try await client.send(path, headers: [("Accept", Self.manifestTypes[0])], scope: scope)
        let bytes = try await client.body(reply, limit: limits.manifestBytes)
        // Registries without the interface answer in either of these ways.
        if [400, 404, 405].contains(reply.status) { return nil }
        guard reply.status == 200 else { throw RegistryAnswer.failure(reply.status, bytes, client.registry, reference) }
        digests += try Self.digests(bytes)
        guard let link = RegistrySurvey.next(reply.header("Link")) else { return (digests, true) }
        // Only of the same registry, and not the same page again.
        guard let next = reply.url.resolving(link), next.origin == reply.url.origin, next.target != path else { break }
        path = next.target
      }
      return (digests, false)
    }
    if let found { return found }
    guard let list = try await manifest(tag: digest.text.replacing(":", with: "-")) else { return ([], true) }
    return (try Self.digests(list), true)
  }

  private static func digests(_ list: [UInt8]) throws(BartizanError) -> [Digest] {
    let document: DocumentNode
    do throws(DocumentError) { document = try JSONReader.read(list) } catch {
      throw BartizanError(.remote, "the list of referrers: \(error.message)")
    }
    guard let manifests = document["manifests"]?.array else {
      throw BartizanError(.remote, "the list of referrers is none")
    }
    return manifests.compactMap { $0["digest"]?.string.flatMap { Digest($0) } }
  }
}
