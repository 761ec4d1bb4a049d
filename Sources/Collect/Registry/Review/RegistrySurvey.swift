package import Bytes
package import Findings
package import Images
import Transport

/// Looks at a registry from outside: as anybody, and with the login that there is.
package struct RegistrySurvey: Sendable {
  private let registry: String
  private let settings: RegistrySettings
  private let limits: Limits
  /// Whether requests are made that a registry may log as attempts: beginning an upload, which is ended at once, and
  /// deleting a manifest that does not exist.
  private let isActive: Bool
  /// Only these; empty: all that the registry lists.
  private let repositories: [String]

  private static let repositoryLimit = 2_000
  /// Of one repository.
  private static let tagLimit = 200
  /// Of all repositories together.
  private static let imageLimit = 500
  /// Of one list.
  private static let pageLimit = 100

  package init(
    _ registry: String, _ settings: RegistrySettings, repositories: [String] = [], isActive: Bool = false,
    limits: Limits = .standard
  ) {
    self.registry = registry
    self.settings = settings
    self.repositories = repositories
    self.isActive = isActive
    self.limits = limits
  }

  /// - Throws: when nobody answers.
  package func look() async throws(BartizanError) -> RegistryObservation {
    var seen = RegistryObservation(registry: registry)
    var own = settings
    own.retries.tries = min(own.retries.tries, 2)
    let way = try await reach(&seen, own)
    if way != .asTold, !seen.answersAnybody {
      seen.gaps.append(
        "what only a login shows: \(way == .unverified ? "its certificate could not be verified" : "it does not speak TLS"), and credentials were not sent"
      )
    }
    let client = try RegistryClient(registry, own, relaxed: way.relaxation)
    await look(client, own, way, &seen)
    await administrate(client, &seen)
    await client.close()
    return seen
  }

  /// How the registry could be spoken to.
  private enum Way: Equatable {
    /// As the settings say, with the login that there is.
    case asTold
    /// With a certificate that nobody vouches for: as anybody.
    case unverified
    /// Without TLS, which nobody asked for: as anybody.
    case plain

    var relaxation: RegistryClient.Relaxation? {
      switch self {
      case .asTold: nil
      case .unverified: .init(skipsVerification: true)
      case .plain: .init(isPlain: true)
      }
    }
  }

  /// What the cloud of the registry tells of its repositories.
  private func administrate(_ client: RegistryClient, _ seen: inout RegistryObservation) async {
    guard let cloud = RegistryAdministrations.all.first(where: { $0.fits(registry) }) else { return }
    do throws(BartizanError) {
      let services = CloudService(http: client.http, settings: settings)
      if let found = try await cloud.look(registry, repositories, services) {
        seen.repositories = found
        if found.count >= RegistryAdministrations.repositoryLimit {
          seen.gaps.append("the cloud's own settings of more than \(found.count) repositories")
        }
      } else {
        seen.gaps.append("the cloud's own settings of its repositories: no identity there was found")
      }
    } catch {
      seen.gaps.append("the cloud's own settings of its repositories: \(error.message)")
    }
  }

  private func reach(
    _ seen: inout RegistryObservation, _ own: RegistrySettings
  ) async throws(BartizanError) -> Way {
    var way = Way.asTold
    do throws(BartizanError) {
      seen.answersAnybody = try await status("/v2/", own, nil) == 200
    } catch {
      let kind = (error.cause as? ConnectionError)?.kind
      if kind?.isAboutCertificate == true {
        way = .unverified
        seen.certificateTrouble = error.message
      } else if kind == .tlsNotSpoken {
        way = .plain
      } else {
        throw error
      }
      seen.answersAnybody = try await status("/v2/", own, way.relaxation) == 200
    }
    seen.isPlain = own.plainHTTP || way == .plain
    guard !seen.isPlain else { return way }
    let look = try RegistryClient(registry, own, relaxed: .init(skipsVerification: true))
    seen.certificateEnds = await look.certificateEnds()
    await look.close()
    seen.acceptsOldTLS =
      (try? await status("/v2/", own, .init(skipsVerification: true, newestTLS: .tls11))) != nil
    return way
  }

  /// What somebody without a login is answered.
  ///
  /// - Parameter relaxation: nil: as the settings say, but for registries of this machine, which may speak no TLS.
  private func status(
    _ path: String, _ settings: RegistrySettings, _ relaxation: RegistryClient.Relaxation?,
    method: HTTPRequest.Method = .get
  ) async throws(BartizanError) -> Int {
    let client = try RegistryClient(registry, settings, relaxed: relaxation ?? .init())
    do throws(BartizanError) {
      let response = try await client.send(path, method: method, scope: "", anonymous: true)
      if method == .post, response.status == 202, let place = response.header("Location"),
        let begun = response.url.resolving(place), begun.origin == response.url.origin
      {
        // What was begun is ended at once.
        _ = try? await client.send(begun.target, method: .delete, scope: "", anonymous: true)
      }
      await response.discard()
      await client.close()
      return response.status
    } catch {
      await client.close()
      throw error
    }
  }

  // MARK: What is in it

  private func look(
    _ client: RegistryClient, _ own: RegistrySettings, _ way: Way, _ seen: inout RegistryObservation
  ) async {
    seen.listsForAnybody = (try? await status("/v2/_catalog?n=1", own, way.relaxation)) == 200
    var names = repositories
    if names.isEmpty {
      do throws(BartizanError) {
        names = try await pages(
          client, "/v2/_catalog?n=100", "repositories", "registry:catalog:*", limit: Self.repositoryLimit)
      } catch {
        seen.gaps.append("its list of repositories: \(error.message)")
      }
    }
    if isActive {
      let name = names.first ?? "bartizan-review"
      seen.takesFromAnybody =
        (try? await status("/v2/\(name)/blobs/uploads/", own, way.relaxation, method: .post)) == 202
      let nothing = "sha256:" + String(repeating: "0", count: 64)
      let reply = try? await client.send(
        "/v2/\(name)/manifests/\(nothing)", method: .delete, scope: "repository:\(name):delete")
      // 405: it does not delete at all; 404: it would, if there were such a manifest.
      seen.allowsDeletion = reply.flatMap {
        $0.status == 404 || $0.status == 202 ? true : $0.status == 405 ? false : nil
      }
    }
    for name in names where seen.images.count < Self.imageLimit { await look(name, client, &seen) }
    if seen.images.count >= Self.imageLimit {
      seen.gaps.append("more than \(Self.imageLimit) tags; the rest were not looked at")
    }
  }

  private func look(_ name: String, _ client: RegistryClient, _ seen: inout RegistryObservation) async {
    let scope = "repository:\(name):pull"
    let tags: [String]
    do throws(BartizanError) {
      tags = try await pages(client, "/v2/\(name)/tags/list?n=100", "tags", scope, limit: Self.tagLimit)
    } catch {
      seen.gaps.append("the tags of \(name): \(error.message)")
      return
    }
    let known = Set(tags)
    for tag in tags where !Self.isOfSignature(tag) && seen.images.count < Self.imageLimit {
      do throws(BartizanError) {
        let reply = try await client.send(
          "/v2/\(name)/manifests/\(tag)", headers: RegistryImage.manifestTypes.map { ("Accept", $0) }, scope: scope)
        let bytes = try await client.body(reply, limit: limits.manifestBytes)
        guard reply.status == 200 else { continue }
        let digest = Digest.sha256(bytes).text
        seen.images.append(
          RegistryObservation.Image(
            repository: name, tag: tag, digest: digest, created: await created(bytes, name, client),
            isSigned: await isSigned(digest, known, name, client)))
      } catch {
        seen.gaps.append("\(name):\(tag): \(error.message)")
      }
    }
  }

  /// Tags that hold signatures and attestations of other images. Source: OCI distribution specification, "Referrers Tag Schema"; cosign.
  private static func isOfSignature(_ tag: String) -> Bool {
    tag.hasPrefix("sha256-") && tag.dropFirst(7).prefix(64).count == 64
  }

  private func created(_ manifest: [UInt8], _ name: String, _ client: RegistryClient) async -> String {
    guard let document = try? JSONReader.read(manifest), let digest = document[path: "config", "digest"]?.string,
      Digest(digest)?.algorithm == .sha256,
      let reply = try? await client.send("/v2/\(name)/blobs/\(digest)", scope: "repository:\(name):pull"),
      let bytes = try? await client.body(reply, limit: limits.manifestBytes),
      let configuration = try? JSONReader.read(bytes)
    else { return "" }
    return configuration["created"]?.string ?? ""
  }

  private func isSigned(
    _ digest: String, _ tags: Set<String>, _ name: String, _ client: RegistryClient
  ) async -> Bool? {
    let word = digest.replacing(":", with: "-")
    if tags.contains(word + ".sig") { return true }
    let scope = "repository:\(name):pull"
    func index(_ path: String) async -> DocumentNode? {
      guard
        let reply = try? await client.send(
          path, headers: RegistryImage.manifestTypes.map { ("Accept", $0) }, scope: scope),
        let bytes = try? await client.body(reply, limit: limits.manifestBytes), reply.status == 200
      else { return nil }
      return try? JSONReader.read(bytes)
    }
    var found = await index("/v2/\(name)/referrers/\(digest)")
    // Registries without the interface keep the same list under a tag.
    if found == nil, tags.contains(word) { found = await index("/v2/\(name)/manifests/\(word)") }
    let kinds = (found?["manifests"]?.elements ?? []).compactMap { $0["artifactType"]?.string }
    return kinds.contains { kind in
      ["cosign", "sigstore", "notary.signature"].contains { kind.contains($0) }
    }
  }

  /// A list that comes in pages; `Link` names the next.
  private func pages(
    _ client: RegistryClient, _ path: String, _ key: String, _ scope: String, limit: Int
  ) async throws(BartizanError) -> [String] {
    var path: String? = path
    var found: [String] = []
    var turns = 0
    while let current = path, found.count < limit, turns < Self.pageLimit {
      turns += 1
      let reply = try await client.send(current, scope: scope)
      let bytes = try await client.body(reply, limit: limits.manifestBytes)
      guard reply.status == 200, let document = try? JSONReader.read(bytes) else {
        throw BartizanError(.remote, "\(registry) answers \(reply.status)")
      }
      found += document[key]?.strings ?? []
      path = nil
      // `</v2/_catalog?last=x&n=100>; rel="next"`
      if let link = reply.header("Link"), link.contains("rel=\"next\""),
        let open = link.firstIndex(of: "<"),
        let close = link.firstIndex(of: ">"), open < close
      {
        let next = String(link[link.index(after: open)..<close])
        // Only of the same registry.
        if next.hasPrefix("/v2/"), next != current { path = next }
      }
    }
    return Array(found.prefix(limit))
  }
}
