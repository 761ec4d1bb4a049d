package import Bytes
package import Findings
package import Images
import Transport

/// Examines a registry from outside, both anonymously and with the available login.
package struct RegistrySurvey: Sendable {
  private let registry: String
  private let settings: RegistrySettings
  private let limits: Limits
  /// Whether to make requests that a registry may log as attempts: starting an upload, which is cancelled at once, and
  /// deleting a manifest that does not exist.
  private let isActive: Bool
  /// The repositories to examine; empty for all that the registry lists.
  private let repositories: [String]

  private static let repositoryLimit = 2_000
  /// Repositories of which it is tried whether anybody may pull from them.
  private static let triedRepositories = 20
  /// Tags of one repository that are looked at, and those whose names are read: signatures stand among them.
  private static let tagLimit = 200
  private static let listedTags = 10_000
  /// Maximum number of images in all repositories.
  private static let imageLimit = 500
  /// For all repositories together, since each answer of a registry that delays its answers is in time by itself.
  private static let longestLook = Duration.seconds(1800)
  /// Maximum number of pages of one list.
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

  /// - Throws: when nothing answers.
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

  /// How the registry could be reached.
  private enum Way: Equatable {
    /// As the settings say, with the available login.
    case asTold
    /// With an untrusted certificate, anonymously.
    case unverified
    /// Without TLS although the settings ask for it, anonymously.
    case plain

    var relaxation: RegistryClient.Relaxation? {
      switch self {
      case .asTold: nil
      case .unverified: .init(skipsVerification: true)
      case .plain: .init(isPlain: true)
      }
    }
  }

  /// Adds what the cloud's API reveals about the repositories.
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
    if seen.certificateEnds == nil { seen.gaps.append("when its certificate ends: it was not shown a second time") }
    await look.close()
    do throws(BartizanError) {
      _ = try await status("/v2/", own, .init(skipsVerification: true, newestTLS: .tls11))
      seen.acceptsOldTLS = true
    } catch {
      switch (error.cause as? ConnectionError)?.kind {
      // It answered, if only to say that it is busy.
      case nil: seen.acceptsOldTLS = true
      case .tlsRefused?, .closedEarly?: seen.acceptsOldTLS = false
      default: seen.gaps.append("whether it accepts TLS older than 1.2: \(error.message)")
      }
    }
    return way
  }

  /// The status of an anonymous request.
  ///
  /// - Parameter relaxation: nil: as the settings say, except that registries on this machine may lack TLS.
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
        // The upload is cancelled at once.
        _ = try? await client.send(begun.target, method: .delete, scope: "", anonymous: true)
      }
      await response.discard()
      await client.close()
      guard response.status != 200 || !Self.isPage(response) else {
        throw BartizanError(.remote, "\(registry) shows a page for people at \(path), as no registry does")
      }
      return response.status
    } catch {
      await client.close()
      throw error
    }
  }

  /// Whether an answer is a page for people, as servers show that have one for every address. Quay's answers say that they are
  /// pages, and whose they are.
  private static func isPage(_ response: HTTPResponse) -> Bool {
    response.header("Docker-Distribution-Api-Version") == nil
      && response.header("Content-Type")?.lowercased().hasPrefix("text/html") == true
  }

  /// What somebody without a login gets who asks for a token, as clients do: token servers hand them out to nobody in particular.
  ///
  /// Source: Docker "Token Authentication Specification"; OCI distribution specification, "Authorization".
  ///
  /// - Parameter key: of the list that is asked for; nil where none is.
  /// - Returns: nil where nobody answers, or with something else than that list.
  private func statusForAnybody(
    _ path: String, _ settings: RegistrySettings, _ relaxation: RegistryClient.Relaxation?, scope: String,
    method: HTTPRequest.Method = .get, list key: String? = nil
  ) async -> Int? {
    // A client with a relaxation, even an empty one, has no login.
    guard let client = try? RegistryClient(registry, settings, relaxed: relaxation ?? .init()) else { return nil }
    defer { Task { await client.close() } }
    let response: HTTPResponse
    do throws(BartizanError) {
      response = try await client.send(path, method: method, scope: scope)
    } catch {
      return error.cause is RegistryRefusal ? 401 : nil
    }
    if response.status == 200, let key {
      guard let bytes = try? await client.body(response, limit: limits.manifestBytes) else { return nil }
      return Self.list(bytes, key) == nil ? nil : 200
    }
    if method == .post, response.status == 202, let place = response.header("Location"),
      let begun = response.url.resolving(place), begun.origin == response.url.origin
    {
      // What was begun is ended at once.
      _ = try? await client.send(begun.target, method: .delete, scope: scope)
    }
    await response.discard()
    return response.status
  }

  // MARK: Content

  private func look(
    _ client: RegistryClient, _ own: RegistrySettings, _ way: Way, _ seen: inout RegistryObservation
  ) async {
    let listing = await statusForAnybody(
      "/v2/_catalog?n=1", own, way.relaxation, scope: "registry:catalog:*", list: "repositories")
    seen.listsForAnybody = listing == 200
    if Self.saysNothing(listing) {
      seen.gaps.append("whether anybody may list its repositories: it gave no answer to that")
    }
    var names = repositories
    if names.isEmpty {
      do throws(BartizanError) {
        let list = try await pages(
          client, "/v2/_catalog?n=100", "repositories", "registry:catalog:*", limit: Self.repositoryLimit)
        names = list.items
        if !list.isWhole { seen.gaps.append("more than \(names.count) repositories; the rest were not looked at") }
        if list.strange > 0 {
          seen.gaps.append("\(Phrase.count(list.strange, "repository")) with names that are none")
        }
      } catch {
        seen.gaps.append("its list of repositories: \(error.message)")
      }
    }
    if let listing = await publicListing(own, way, &seen), repositories.isEmpty {
      let known = Set(names)
      for name in listing.repositories.prefix(RegistryProducts.repositoryLimit)
      where !known.contains(name) && ImageReference.isRepository(name) { names.append(name) }
      if !listing.isWhole || listing.repositories.count > RegistryProducts.repositoryLimit {
        seen.gaps.append(
          "all that its interface shows to anybody: \(Phrase.count(listing.repositories.count, "repository")) \(Phrase.noun(listing.repositories.count, "was", "were")) taken from it"
        )
      }
    }
    if !seen.answersAnybody {
      // Where tokens are handed out, what may be pulled shows in what there is.
      var silent = 0
      for name in names.prefix(Self.triedRepositories) {
        let scope = "repository:\(name):pull"
        let status = await statusForAnybody(
          "/v2/\(name)/tags/list?n=1", own, way.relaxation, scope: scope, list: "tags")
        if Self.saysNothing(status) { silent += 1 }
        if status == 200 {
          seen.answersAnybody = true
          break
        }
      }
      let tried = min(names.count, Self.triedRepositories) - silent
      if !seen.answersAnybody, tried < names.count {
        seen.gaps.append(
          "whether anybody may pull: \(tried) of \(Phrase.count(names.count, "repository")) gave an answer to that")
      }
    }
    if isActive {
      let name = names.first ?? "bartizan-review"
      let push = await statusForAnybody(
        "/v2/\(name)/blobs/uploads/", own, way.relaxation, scope: "repository:\(name):pull,push", method: .post)
      seen.takesFromAnybody = Self.saysNothing(push) ? nil : push == 202
      if seen.takesFromAnybody == nil { seen.gaps.append("whether anybody may push: it gave no answer to that") }
      let nothing = "sha256:" + String(repeating: "0", count: 64)
      let reply = try? await client.send(
        "/v2/\(name)/manifests/\(nothing)", method: .delete, scope: "repository:\(name):delete")
      // 405: deletion is disabled; 404: it is enabled, but there is no such manifest.
      seen.allowsDeletion = reply.flatMap {
        $0.status == 404 || $0.status == 202 ? true : $0.status == 405 ? false : nil
      }
    }
    let end = ContinuousClock.now + Self.longestLook
    for (place, name) in names.enumerated() where seen.images.count < Self.imageLimit {
      guard .now < end else {
        seen.gaps.append(
          "\(Phrase.count(names.count - place, "repository")): it took longer than \(Self.longestLook.components.seconds / 60) minutes to look at the others"
        )
        break
      }
      await look(name, client, end, &seen)
    }
    noteUnknown(&seen)
    if seen.images.count >= Self.imageLimit {
      seen.gaps.append("more than \(Self.imageLimit) tags; the rest were not looked at")
    }
  }

  /// What the product's own interface tells somebody without a login.
  private func publicListing(
    _ own: RegistrySettings, _ way: Way, _ seen: inout RegistryObservation
  ) async -> PublicListing? {
    // A client with a relaxation, even an empty one, has no login.
    guard let client = try? RegistryClient(registry, own, relaxed: way.relaxation ?? .init()) else { return nil }
    let asker = AnonymousAsker(client: client, realm: await client.realm(), answerLimit: limits.manifestBytes)
    var found: PublicListing?
    for product in RegistryProducts.all where found == nil {
      found = await product.look(asker)
      if found != nil { seen.product = product.name }
    }
    await client.close()
    seen.letsAnybodySignUp = found?.letsAnybodySignUp
    return found
  }

  /// Whether an answer tells nothing of what was asked: there was none, or the registry was in trouble.
  private static func saysNothing(_ status: Int?) -> Bool { status.map { $0 >= 500 || $0 == 429 } ?? true }

  /// Says of how many images something could not be asked for.
  private func noteUnknown(_ seen: inout RegistryObservation) {
    func note(_ what: String, _ isUnknown: (RegistryObservation.Image) -> Bool) {
      let unknown = seen.images.filter(isUnknown)
      guard let first = unknown.first else { return }
      let others = unknown.count > 1 ? " and \(Phrase.count(unknown.count - 1, "other"))" : ""
      seen.gaps.append("\(what) \(first.reference)\(others): the registry does not say")
    }
    note("whether there is a signature for") { $0.isSigned == nil }
    note("when it was built, of") { $0.created == nil }
  }

  /// - Parameter end: when no further tag is looked at.
  private func look(
    _ name: String, _ client: RegistryClient, _ end: ContinuousClock.Instant, _ seen: inout RegistryObservation
  ) async {
    let scope = "repository:\(name):pull"
    let list: Names
    do throws(BartizanError) {
      list = try await pages(client, "/v2/\(name)/tags/list?n=100", "tags", scope, limit: Self.listedTags)
    } catch {
      seen.gaps.append("the tags of \(name): \(error.message)")
      return
    }
    let (tags, isWhole) = (list.items, list.isWhole)
    if list.strange > 0 { seen.gaps.append("\(Phrase.count(list.strange, "tag")) of \(name) with names that are none") }
    // Tags of signatures that are not in a list that was cut off are asked for one by one.
    let known = isWhole ? Set(tags) : nil
    let named = tags.filter { !Self.isOfSignature($0) }
    if named.count > Self.tagLimit || !isWhole {
      seen.gaps.append(
        "\(name) has \(isWhole ? "" : "more than ")\(named.count) tags; \(min(named.count, Self.tagLimit)) of them were looked at"
      )
    }
    for tag in named.prefix(Self.tagLimit) where seen.images.count < Self.imageLimit {
      guard .now < end else {
        seen.gaps.append("\(name): the tags from \(tag) on; it took too long to look at the others")
        return
      }
      do throws(BartizanError) {
        let reply = try await client.send(
          "/v2/\(name)/manifests/\(tag)", headers: RegistryImage.manifestTypes.map { ("Accept", $0) }, scope: scope)
        let bytes = try await client.body(reply, limit: limits.manifestBytes)
        guard reply.status == 200 else {
          seen.gaps.append("\(name):\(tag): \(registry) answers \(reply.status)")
          continue
        }
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

  /// Whether the tag holds a signature or attestation of another image. Source: OCI distribution specification,
  /// "Referrers Tag Schema"; cosign.
  private static func isOfSignature(_ tag: String) -> Bool {
    tag.hasPrefix("sha256-") && tag.dropFirst(7).prefix(64).count == 64
  }

  /// When an image was built; of an index when the newest of its images was.
  ///
  /// - Returns: nil where that could not be asked for.
  private func created(_ manifest: [UInt8], _ name: String, _ client: RegistryClient) async -> String? {
    guard let document = try? JSONReader.read(manifest) else { return nil }
    if document["config"] != nil { return await created(of: document, name, client) }
    var newest = ""
    let images = (document["manifests"]?.elements ?? []).filter { entry in
      // Attestations stand beside images and are for no platform.
      entry[path: "platform", "os"]?.string != "unknown"
        && entry[path: "annotations", "vnd.docker.reference.type"] == nil
    }
    for entry in images.prefix(Self.platformLimit) {
      guard let digest = entry["digest"]?.string, Digest(digest)?.algorithm == .sha256,
        let own = await fetched("/v2/\(name)/manifests/\(digest)", name, client),
        let built = await created(of: own, name, client)
      else { return nil }
      newest = max(newest, built)
    }
    return newest
  }

  private func created(of manifest: DocumentNode, _ name: String, _ client: RegistryClient) async -> String? {
    guard let digest = manifest[path: "config", "digest"]?.string, Digest(digest)?.algorithm == .sha256 else {
      return ""
    }
    guard let configuration = await fetched("/v2/\(name)/blobs/\(digest)", name, client) else { return nil }
    return configuration["created"]?.string ?? ""
  }

  /// Images of one index whose age is looked at.
  private static let platformLimit = 4

  private func fetched(_ path: String, _ name: String, _ client: RegistryClient) async -> DocumentNode? {
    guard
      let reply = try? await client.send(
        path, headers: RegistryImage.manifestTypes.map { ("Accept", $0) }, scope: "repository:\(name):pull"),
      let bytes = try? await client.body(reply, limit: limits.manifestBytes), reply.status == 200
    else { return nil }
    return try? JSONReader.read(bytes)
  }

  /// - Parameter tags: of the repository; nil where not all are known.
  /// - Returns: nil where it could not be asked for.
  private func isSigned(
    _ digest: String, _ tags: Set<String>?, _ name: String, _ client: RegistryClient
  ) async -> Bool? {
    let word = digest.replacing(":", with: "-")
    switch await isTagged(word + ".sig", tags, name, client) {
    case true?: return true
    case nil: return nil
    case false?: break
    }
    guard let entries = await referrers(of: digest, word, tags, name, client) else { return nil }
    let kinds = entries.items.compactMap { $0["artifactType"]?.string ?? $0[path: "config", "mediaType"]?.string }
    if kinds.contains(where: { kind in ["cosign", "sigstore", "notary.signature"].contains { kind.contains($0) } }) {
      return true
    }
    // A signature may stand in the part that was not read.
    return entries.isWhole ? false : nil
  }

  /// What refers to a manifest, in pages, by the interface for that or by the tag that stands in for it.
  ///
  /// Source: OCI distribution specification 1.1, "Listing Referrers".
  ///
  /// - Returns: nil where it could not be asked for.
  private func referrers(
    of digest: String, _ word: String, _ tags: Set<String>?, _ name: String, _ client: RegistryClient
  ) async -> (items: [DocumentNode], isWhole: Bool)? {
    let accept = RegistryImage.manifestTypes.map { ("Accept", $0) }
    var items: [DocumentNode] = []
    var path: String? = "/v2/\(name)/referrers/\(digest)"
    var turns = 0
    while let current = path {
      turns += 1
      guard turns <= Self.referrerPages else { return (items, false) }
      guard let reply = try? await client.send(current, headers: accept, scope: "repository:\(name):pull"),
        let bytes = try? await client.body(reply, limit: limits.manifestBytes)
      else { return turns == 1 ? nil : (items, false) }
      // Registries without the interface keep the same list under a tag; any other answer says nothing.
      if turns == 1, [400, 404, 405].contains(reply.status) {
        guard let hasList = await isTagged(word, tags, name, client) else { return nil }
        guard hasList else { return ([], true) }
        guard let list = await fetched("/v2/\(name)/manifests/\(word)", name, client)?["manifests"]?.array else {
          return nil
        }
        return (list, true)
      }
      guard reply.status == 200, let found = (try? JSONReader.read(bytes))?["manifests"]?.array else {
        return turns == 1 ? nil : (items, false)
      }
      items += found
      path = nil
      guard let link = Self.next(reply.header("Link")) else { continue }
      guard let next = reply.url.resolving(link), next.origin == reply.url.origin, next.target != current else {
        return (items, false)
      }
      path = next.target
    }
    return (items, true)
  }

  /// Pages of what refers to one image that are read.
  private static let referrerPages = 10

  /// Whether a repository has a tag; nil where it does not say.
  private func isTagged(
    _ tag: String, _ tags: Set<String>?, _ name: String, _ client: RegistryClient
  ) async -> Bool? {
    if let tags { return tags.contains(tag) }
    guard
      let reply = try? await client.send(
        "/v2/\(name)/manifests/\(tag)", method: .head, headers: RegistryImage.manifestTypes.map { ("Accept", $0) },
        scope: "repository:\(name):pull")
    else { return nil }
    await reply.discard()
    return reply.status == 200 ? true : reply.status == 404 ? false : nil
  }

  /// A list in pages, each of which links to the next.
  ///
  /// Source: OCI distribution specification, "Listing Tags"; RFC 8288, section 3.
  ///
  /// - Returns: not more than the limit.
  private func pages(
    _ client: RegistryClient, _ path: String, _ key: String, _ scope: String, limit: Int
  ) async throws(BartizanError) -> Names {
    var path: String? = path
    var found: [String] = []
    var turns = 0
    var strange = 0
    var isWhole = true
    while let current = path, found.count < limit, turns < Self.pageLimit {
      turns += 1
      let reply = try await client.send(current, scope: scope)
      let bytes = try await client.body(reply, limit: limits.manifestBytes)
      guard reply.status == 200 else { throw BartizanError(.remote, "\(registry) answers \(reply.status)") }
      guard let items = Self.list(bytes, key) else {
        throw BartizanError(.remote, "\(registry) answers with something else than a list")
      }
      found += items.names
      strange += items.strange
      path = nil
      guard let link = Self.next(reply.header("Link")) else { continue }
      // Only of the same registry, and not the same page again.
      guard let next = reply.url.resolving(link), next.origin == reply.url.origin, next.target != current else {
        isWhole = false
        continue
      }
      path = next.target
    }
    return Names(
      items: Array(found.prefix(limit)), strange: strange, isWhole: isWhole && path == nil && found.count <= limit)
  }

  /// Names that a registry lists.
  private struct Names {
    let items: [String]
    /// Entries that are no names: nothing is asked by them, and none of them is shown.
    let strange: Int
    /// Whether that is all.
    let isWhole: Bool
  }

  /// The names in a list.
  ///
  /// Source: OCI distribution specification, "Pulling manifests" (the grammar of names and tags), "Listing Tags".
  ///
  /// - Returns: nil for what is no list. A registry without any may answer `null`.
  private static func list(_ bytes: [UInt8], _ key: String) -> (names: [String], strange: Int)? {
    guard let document = try? JSONReader.read(bytes), let mapping = document.mapping, let value = mapping[key] else {
      return nil
    }
    if value.isNull { return ([], 0) }
    guard let items = value.array else { return nil }
    let names = items.compactMap(\.string).filter {
      key == "tags" ? ImageReference.isTag($0) : ImageReference.isRepository($0)
    }
    return (names, items.count - names.count)
  }

  /// `</v2/_catalog?last=x&n=100>; rel="next"`
  static func next(_ header: String?) -> String? {
    guard let header, let open = header.firstIndex(of: "<"), let close = header[open...].firstIndex(of: ">") else {
      return nil
    }
    let parameters = header[close...].lowercased().filter { $0 != "\"" && $0 != " " }
    return parameters.contains("rel=next") ? String(header[header.index(after: open)..<close]) : nil
  }
}
