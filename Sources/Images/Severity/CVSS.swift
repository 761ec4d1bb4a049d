/// A vector of the Common Vulnerability Scoring System, 2.0, 3.0, 3.1 or 4.0, with its scores.
package struct CVSS: Sendable, Hashable {
  /// The versions of the standard, each with formulas of its own.
  package enum Version: String, Sendable {
    case v2 = "2.0"
    case v30 = "3.0"
    case v31 = "3.1"
    case v4 = "4.0"
  }

  package let version: Version
  package let vector: String
  /// Of the base metrics; of 4.0 the score of all metrics that the vector gives.
  package let base: Double
  /// Nil where the vector gives no such metrics (2.0), or for 4.0.
  package let temporal: Double?
  /// Nil as for `temporal`.
  package let environmental: Double?

  /// Thrown for a vector with a metric that is missing, unknown or given twice.
  package struct Invalid: Error, Sendable {
    package let message: String
  }

  /// - Throws: for an unknown metric or value, a metric twice, or one that is missing.
  package init(_ vector: String) throws(Invalid) {
    guard vector.utf8.count <= 512 else { throw Invalid(message: "the vector is too long") }
    var parts = vector.split(separator: "/", omittingEmptySubsequences: false)
    switch parts.first {
    case "CVSS:3.0": version = .v30
    case "CVSS:3.1": version = .v31
    case "CVSS:4.0": version = .v4
    default:
      guard parts.first?.hasPrefix("CVSS:") != true else {
        throw Invalid(message: "\"\(parts.first ?? "")\" is no version of CVSS")
      }
      version = .v2
    }
    if version != .v2 { parts.removeFirst() }
    var metrics: [String: String] = [:]
    for part in parts {
      let pair = part.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard pair.count == 2 else { throw Invalid(message: "\"\(part)\" is no metric") }
      guard metrics.updateValue(pair[1], forKey: pair[0]) == nil else {
        throw Invalid(message: "the metric \(pair[0]) stands twice")
      }
    }
    self.vector = vector
    switch version {
    case .v2: (base, temporal, environmental) = try CVSS2.scores(metrics)
    case .v30, .v31: (base, temporal, environmental) = try CVSS3.scores(metrics, isCorrected: version == .v31)
    case .v4: (base, temporal, environmental) = (try CVSS4.score(metrics), nil, nil)
    }
  }

  /// `none`, `low`, `medium`, `high`, `critical`: the qualitative scale of 3.0 and later, taken for 2.0 as well.
  package var rating: String { Self.rating(base) }

  /// - Parameter score: from 0 to 10.
  package static func rating(_ score: Double) -> String {
    switch score {
    case ..<0.05: "none"
    case ..<4: "low"
    case ..<7: "medium"
    case ..<9: "high"
    default: "critical"
    }
  }

  /// Checks metrics against those that a version has.
  static func check(_ metrics: [String: String], _ known: [String: String], required: [String]) throws(Invalid) {
    for (key, value) in metrics {
      guard let values = known[key] else { throw Invalid(message: "there is no metric \(key)") }
      guard values.split(separator: " ").contains(Substring(value)) else {
        throw Invalid(message: "\(key) has no value \(value)")
      }
    }
    for key in required where metrics[key] == nil { throw Invalid(message: "the metric \(key) is missing") }
  }
}
