import Findings

extension CloudIdentity {
  /// GitHub's container registry, with the token of a workflow.
  ///
  /// Source: GitHub documentation, "Working with the Container registry".
  static let gitHub = CloudIdentity(
    fits: { $0 == "ghcr.io" },
    login: { (_, services) async throws(BartizanError) -> RegistryLogin? in
      guard let token = services.environment("GITHUB_TOKEN") ?? services.environment("GH_TOKEN") else { return nil }
      return .basic(user: services.environment("GITHUB_ACTOR") ?? "bartizan", password: token)
    })
}
