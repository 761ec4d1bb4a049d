import Bytes
import Findings
import Images

extension RegistryAdministration {
  /// Google's Artifact Registry: who may do what, tags that can be moved, what is kept. A name of an image begins with
  /// `PROJECT/REPOSITORY/`, and so must the repositories that are asked for.
  ///
  /// Source: Artifact Registry REST reference v1, `projects.locations.repositories`: `list`, `get`, `getIamPolicy`.
  static let google = RegistryAdministration(
    fits: { $0.hasSuffix("-docker.pkg.dev") },
    look: { (registry, wanted, services) async throws(BartizanError) -> [RegistryObservation.Repository]? in
      guard let token = try await GoogleCredentials.token(services) else { return nil }
      let location = String(registry.dropLast("-docker.pkg.dev".count))
      let api = GoogleRepositories(location: location, token: token, services: services)
      var names: [String] = []
      for name in wanted {
        let parts = name.split(separator: "/")
        let own = parts.prefix(2).joined(separator: "/")
        if parts.count >= 2, !names.contains(own) { names.append(own) }
      }
      guard !names.isEmpty else {
        throw BartizanError(.usage, "name the repositories of Artifact Registry with --repository PROJECT/REPOSITORY")
      }
      var found: [RegistryObservation.Repository] = []
      for name in names.prefix(RegistryAdministrations.repositoryLimit) {
        found.append(try await api.repository(name))
      }
      return found
    })
}

private struct GoogleRepositories {
  let location: String
  let token: String
  let services: CloudService

  private func ask(_ path: String) async throws(BartizanError) -> DocumentNode {
    let reply = try await services.send(
      "https://artifactregistry.googleapis.com/v1/\(path)", headers: [("Authorization", "Bearer \(token)")])
    guard reply.status == 200, let document = reply.document else {
      throw CloudService.refused("Artifact Registry", reply)
    }
    return document
  }

  func repository(_ name: String) async throws(BartizanError) -> RegistryObservation.Repository {
    let parts = name.split(separator: "/").map { PercentEncoding.encode(String($0)) }
    let path = "projects/\(parts[0])/locations/\(PercentEncoding.encode(location))/repositories/\(parts[1])"
    let about = try await ask(path)
    let policy = try await ask(path + ":getIamPolicy")
    var repository = RegistryObservation.Repository(name: name)
    repository.canMoveTags = about[path: "dockerConfig", "immutableTags"]?.bool.map { !$0 } ?? true
    repository.isKeptForever = (about["cleanupPolicies"]?.entries ?? []).isEmpty
    if let state = about[path: "vulnerabilityScanningConfig", "enablementState"]?.string {
      repository.scansOnPush = state == "SCANNING_ACTIVE"
    }
    let everybody: Set<String> = ["allUsers", "allAuthenticatedUsers"]
    let bindings: [DocumentNode] = policy["bindings"]?.elements ?? []
    let open = bindings.filter { binding in
      let members = Set(binding["members"]?.strings ?? [])
      return binding["condition"] == nil && !members.isDisjoint(with: everybody)
    }
    repository.openActions = Set(open.compactMap { $0["role"]?.string }).sorted()
    return repository
  }
}
