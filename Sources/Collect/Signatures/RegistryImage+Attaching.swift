import Bytes
import Findings
import Images
import Transport
import Trust

/// Source: OCI distribution specification 1.1, "Push".
extension RegistryImage: SignatureDestination {
  private var pushScope: String { "repository:\(reference.repository):pull,push" }

  func put(blob: [UInt8]) async throws(BartizanError) {
    let digest = Digest.sha256(blob).text
    try await last { (client) async throws(BartizanError) in
      let known = try await client.send(
        "/v2/\(reference.repository)/blobs/\(digest)", method: .head, scope: pushScope)
      await known.discard()
      if known.status == 200 { return }
      let start = try await client.send(
        "/v2/\(reference.repository)/blobs/uploads/", method: .post, body: [], scope: pushScope)
      let said = try await client.body(start, limit: limits.manifestBytes)
      guard start.status == 202, let location = start.header("Location") else {
        throw RegistryAnswer.refusedPush(start.status, said, client.registry, reference)
      }
      // Another server would get the signature with our credentials for this one.
      guard let next = start.url.resolving(location), next.origin == start.url.origin else {
        throw BartizanError(.remote, "\(client.registry) wants uploads to be sent to another server, which is not done")
      }
      let put = try await client.send(
        next.target + (next.target.contains("?") ? "&" : "?") + "digest=" + digest, method: .put,
        headers: [("Content-Type", "application/octet-stream")], body: blob, scope: pushScope)
      let answer = try await client.body(put, limit: limits.manifestBytes)
      guard put.status == 201 else {
        throw RegistryAnswer.refusedPush(put.status, answer, client.registry, reference)
      }
    }
  }

  func put(_ manifest: SignatureManifest, about subject: Digest) async throws(BartizanError) {
    let isListed = try await push(manifest.bytes, manifest.mediaType, as: manifest.digest.text)
    // The registry says where it keeps the list itself.
    guard !isListed else { return }
    let tag = subject.text.replacing(":", with: "-")
    var existing: DocumentNode?
    if let bytes = try await self.manifest(tag: tag) {
      do throws(DocumentError) { existing = try JSONReader.read(bytes) } catch {
        throw BartizanError(.remote, "\(tag) is there, and no list of referrers: \(error.message)")
      }
    }
    _ = try await push(
      manifest.listed(after: existing), "application/vnd.oci.image.index.v1+json", as: tag)
  }

  func put(_ manifest: SignatureManifest, tag: String) async throws(BartizanError) {
    _ = try await push(manifest.bytes, manifest.mediaType, as: tag)
  }

  /// - Returns: whether the registry lists it among the referrers of its subject.
  private func push(
    _ bytes: [UInt8], _ mediaType: String, as name: String
  ) async throws(BartizanError) -> Bool {
    try await last { (client) async throws(BartizanError) -> Bool in
      let reply = try await client.send(
        "/v2/\(reference.repository)/manifests/\(name)", method: .put, headers: [("Content-Type", mediaType)],
        body: bytes, scope: pushScope)
      let answer = try await client.body(reply, limit: limits.manifestBytes)
      guard reply.status == 201 else {
        throw RegistryAnswer.refusedPush(reply.status, answer, client.registry, reference)
      }
      return reply.header("OCI-Subject") != nil
    }
  }
}

extension RegistryAnswer {
  static func refusedPush(
    _ status: Int, _ body: [UInt8], _ registry: String, _ reference: ImageReference
  ) -> BartizanError {
    let first = (try? JSONReader.read(body))?["errors"]?.elements.first
    let said = (first?["message"]?.string ?? first?["code"]?.string ?? "").prefix(120)
    let reason = said.isEmpty ? "" : ": \(said.filter { !$0.isNewline })"
    switch status {
    case 401, 403: return BartizanError(.remote, "\(registry) does not let us push to \(reference.repository)\(reason)")
    default: return BartizanError(.remote, "\(registry) answers \(status) to a push\(reason)")
    }
  }
}
