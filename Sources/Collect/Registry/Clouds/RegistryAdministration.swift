import Bytes
import Findings
import Images

/// What the interface of a cloud tells of its repositories, beside what the registry itself shows.
struct RegistryAdministration: Sendable {
  let fits: @Sendable (_ registry: String) -> Bool
  /// - Parameter repositories: only these; empty: all that the cloud lists.
  /// - Returns: nil where nobody who may ask is known.
  let look:
    @Sendable (_ registry: String, _ repositories: [String], _ services: CloudService) async throws(BartizanError) ->
      [RegistryObservation.Repository]?
}

/// All clouds whose repositories are looked at. Another is a file of its own and one line here.
enum RegistryAdministrations {
  static let all: [RegistryAdministration] = [.amazon, .google, .dockerHub]

  /// Repositories that are asked for one by one.
  static let repositoryLimit = 500
}
