package import Detect
package import Forward
import Store

/// What detection in the server of events works with.
package struct DetectionSettings: Sendable {
  package var rules: RuleSet
  /// Who is told.
  package var destinations: [Destination]
  /// What is known of the cluster; nil where nothing is.
  package var facts: ClusterFacts?
  /// Reads what is known of the cluster anew; nil where it stays as it is.
  package var freshFacts: (@Sendable () async throws -> ClusterFacts)?
  /// How often that is done.
  package var refresh = Duration.seconds(300)
  /// Between two self-tests; nil: none are made.
  package var selfTest: Duration?
  /// For proxies and authorities of destinations.
  package var environment: @Sendable (String) -> String?
  /// How long it is waited between two looks at what was stored.
  package var pause = Duration.milliseconds(200)

  package init(
    rules: RuleSet, destinations: [Destination] = [], facts: ClusterFacts? = nil,
    environment: @escaping @Sendable (String) -> String? = { _ in nil }
  ) {
    self.rules = rules
    self.destinations = destinations
    self.facts = facts
    self.environment = environment
  }

  /// How late events may come and still be judged in the order of their times, in nanoseconds: the API server keeps events of
  /// its audit webhook back for up to 30 seconds.
  static let lateness: Int64 = 45_000_000_000

  var targets: [DispatchTarget] {
    destinations.map { destination in
      DispatchTarget(
        name: destination.name, takesAlerts: destination.content.contains(.alerts),
        takesIncidents: destination.content.contains(.incidents), least: destination.least)
    }
  }
}
