import Bytes
import Findings
import Images
import Transport

/// An image in a registry: manifests by digest, layers as they are downloaded.
struct RegistryImage: ImageArchive {
  let reference: ImageReference
  private let clients: [RegistryClient]
  let limits: Limits

  /// Supported media types of manifests.
  ///
  /// Source: OCI image specification, "Media Types"; Docker registry, "Image Manifest V 2, Schema 2".
  static let manifestTypes = [
    "application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.docker.distribution.manifest.v2+json",
  ]

  init(_ reference: ImageReference, _ settings: RegistrySettings, limits: Limits) throws(BartizanError) {
    self.reference = reference
    self.limits = limits
    var clients: [RegistryClient] = []
    for name in settings.mirrors[reference.registry] ?? [] { clients.append(try RegistryClient(name, settings)) }
    let places = try settings.configuration?.places(of: reference) ?? [RegistryPlace(host: reference.registry)]
    for place in places { clients.append(try RegistryClient(place.host, settings, place: place)) }
    self.clients = clients
  }

  func close() async {
    for client in clients { await client.close() }
  }

  var scope: String { "repository:\(reference.repository):pull" }

  /// The manifest or index of the reference, with its digest.
  func manifest() async throws(BartizanError) -> (bytes: [UInt8], digest: String) {
    let bytes = try await fetch("manifests/\(reference.identifier)", accept: Self.manifestTypes)
    let sum = Digest.sha256(bytes).text
    if let wanted = reference.digest.flatMap({ Digest($0) }) {
      do throws(BartizanError) { try SignatureSearch.check(bytes, wanted) } catch {
        throw BartizanError(.remote, "the manifest has the sum \(sum), not that of its name; do not use this registry")
      }
    }
    return (bytes, sum)
  }

  /// The digest from a HEAD request, which Docker Hub does not count as a pull, or else from the manifest itself.
  func digest() async throws(BartizanError) -> String {
    let told = try await first { (client) async throws(BartizanError) -> String? in
      let reply = try await client.send(
        "/v2/\(reference.repository)/manifests/\(reference.identifier)", method: .head,
        headers: Self.manifestTypes.map { ("Accept", $0) }, scope: scope)
      let digest = reply.header("Docker-Content-Digest")
      return reply.status == 200 ? digest.flatMap { Digest($0)?.algorithm == .sha256 ? $0 : nil } : nil
    }
    if let told { return told }
    return try await manifest().digest
  }

  private func fetch(_ path: String, accept: [String]) async throws(BartizanError) -> [UInt8] {
    try await first { (client) async throws(BartizanError) -> [UInt8] in
      let reply = try await client.send(
        "/v2/\(reference.repository)/\(path)", headers: accept.map { ("Accept", $0) }, scope: scope)
      let bytes = try await client.body(reply, limit: limits.manifestBytes)
      guard reply.status == 200 else {
        throw RegistryAnswer.failure(reply.status, bytes, client.registry, reference, Self.part(path))
      }
      return bytes
    }
  }

  /// What of the image is at a path; nil for the image itself.
  private static func part(_ path: String) -> String? {
    path.split(separator: "/").last.flatMap { $0.hasPrefix("sha256:") ? String($0) : nil }
  }

  /// Asks the mirrors first, then the registry.
  private func first<T: Sendable>(
    _ ask: (RegistryClient) async throws(BartizanError) -> T
  ) async throws(BartizanError) -> T {
    for client in clients.dropLast() {
      if let found = try? await ask(client) { return found }
    }
    return try await last(ask)
  }

  /// Asks the registry itself: its mirrors may lack what was added later.
  func last<T: Sendable>(
    _ ask: (RegistryClient) async throws(BartizanError) -> T
  ) async throws(BartizanError) -> T {
    guard let last = clients.last else { throw BartizanError(.usage, "no registry to ask") }
    return try await ask(last)
  }

  func manifest(_ name: String) async throws(BartizanError) -> [UInt8]? {
    guard let digest = Self.digest(name) else { return nil }
    return try await fetch("manifests/\(digest)", accept: Self.manifestTypes)
  }

  func document(_ name: String) async throws(BartizanError) -> [UInt8]? {
    guard let digest = Self.digest(name) else { return nil }
    return try await fetch("blobs/\(digest)", accept: [])
  }

  private static func digest(_ name: String) -> String? {
    guard name.hasPrefix("blobs/sha256/") else { return nil }
    return "sha256:" + name.dropFirst("blobs/sha256/".count)
  }

  func layer(_ name: String, into scanner: any LayerReader) async throws(BartizanError) {
    guard let digest = Self.digest(name) else { throw BartizanError(.remote, "the layer has no digest") }
    var failure: BartizanError?
    for client in clients {
      do throws(BartizanError) {
        return try await layer(digest, client, scanner)
      } catch {
        failure = error
      }
    }
    throw failure ?? BartizanError(.remote, "no registry has the layer")
  }

  func sum(ofLayer name: String) async throws(BartizanError) -> LayerSum { .askedFor }

  /// Maximum number of partial responses for one layer, however small each of them is.
  private static let partLimit = 100
  /// Largest error response, in bytes.
  private static let refusalLimit = 1 << 16

  /// Downloads a layer, resuming after interruptions.
  private func layer(_ digest: String, _ client: RegistryClient, _ scanner: any LayerReader) async throws(BartizanError)
  {
    var attempt = 1
    for _ in 0..<Self.partLimit {
      let before = scanner.received
      guard let broken = try await part(digest, client, scanner) else { return }
      // Attempts are counted anew whenever data arrives.
      attempt = scanner.received > before ? 1 : attempt + 1
      guard broken.kind.isWorthAnotherTry, attempt <= client.settings.retries.tries else {
        throw client.failure(broken)
      }
    }
    throw BartizanError(.remote, "\(client.registry) breaks off again and again; \(scanner.received) bytes came")
  }

  /// - Returns: what interrupted the body; nil where it is complete.
  /// - Throws: when there is no body.
  private func part(
    _ digest: String, _ client: RegistryClient, _ scanner: any LayerReader
  ) async throws(BartizanError) -> ConnectionError? {
    let start = scanner.received
    let response = try await client.send(
      "/v2/\(reference.repository)/blobs/\(digest)",
      headers: start > 0 ? [("Range", "bytes=\(start)-")] : [], scope: scope)
    var skipped = 0
    switch response.status {
    case 206 where start > 0:
      let range = response.header("Content-Range") ?? ""
      guard range.hasPrefix("bytes \(start)-") else {
        throw BartizanError(
          .remote, "\(client.registry) goes on at another place (\(range.prefix(60))) than it was asked to")
      }
    // A server without range requests sends everything again.
    case 200: skipped = start
    case 416 where start > 0: return nil
    default:
      let bytes = try await client.body(response, limit: Self.refusalLimit)
      throw RegistryAnswer.failure(response.status, bytes, client.registry, reference, digest)
    }
    do throws(ConnectionError) {
      try await response.stream { bytes in
        let unread = min(skipped, bytes.byteCount)
        skipped -= unread
        if unread < bytes.byteCount { scanner.feed(bytes.extracting(unread..<bytes.byteCount)) }
        return true
      }
      return nil
    } catch {
      return error
    }
  }
}

/// The meaning of a registry's error responses.
///
/// Source: OCI distribution specification, "Error Codes".
enum RegistryAnswer {
  /// - Parameter part: of the image, by its digest; nil for the image itself.
  static func failure(
    _ status: Int, _ body: [UInt8], _ registry: String, _ reference: ImageReference, _ part: String? = nil
  ) -> BartizanError {
    let first = (try? JSONReader.read(body))?["errors"]?.elements.first
    let said = (first?["message"]?.string ?? first?["code"]?.string ?? "").prefix(120)
    let reason = said.isEmpty ? "" : ": \(said.filter { !$0.isNewline })"
    switch status {
    case 404:
      if let part, reference.digest != part {
        return BartizanError(
          .remote, "\(registry) has no \(part) in \(reference.repository), of which the image is made\(reason)")
      }
      return BartizanError(.remote, "\(registry) has no \(reference.repository) with \(reference.identifier)\(reason)")
    case 401, 403:
      return BartizanError(.remote, "\(registry) does not let us pull \(reference.repository)\(reason)")
    default: return BartizanError(.remote, "\(registry) answers \(status)\(reason)")
    }
  }
}
