import Bytes
import Findings
import Images

/// What a cloud's API reveals about its repositories, besides what the registry itself shows.
struct RegistryAdministration: Sendable {
  let fits: @Sendable (_ registry: String) -> Bool
  /// - Parameter repositories: the ones to look at; empty for all that the cloud lists.
  /// - Returns: nil where there are no credentials that may ask.
  let look:
    @Sendable (_ registry: String, _ repositories: [String], _ services: CloudService) async throws(BartizanError) ->
      [RegistryObservation.Repository]?
}

/// All clouds whose repositories are examined. A new one is a file of its own and one line here.
enum RegistryAdministrations {
  static let all: [RegistryAdministration] = [.amazon, .google, .dockerHub]

  /// Maximum number of repositories that are asked for one by one.
  static let repositoryLimit = 500
}
