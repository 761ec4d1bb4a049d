package import Findings

/// How soon a vulnerability wants to be fixed: exploited before likely to be, before how bad it is.
package struct Priority: Sendable, Hashable, Comparable {
  package enum Level: Int, Sendable, CaseIterable {
    case unknown
    case low
    case medium
    case high
    case critical
    /// EPSS gives it one in ten or more within thirty days.
    case likely
    /// In CISA's catalogue, or actively exploited by SSVC.
    case exploited

    package var name: String {
      switch self {
      case .unknown: "unknown"
      case .low: "low"
      case .medium: "medium"
      case .high: "high"
      case .critical: "critical"
      case .likely: "likely"
      case .exploited: "exploited"
      }
    }

    /// What is exploited is critical whatever its score; what nobody has scored is not taken to be harmless.
    package var severity: Severity {
      switch self {
      case .exploited, .critical: .critical
      case .likely, .high: .high
      case .medium, .unknown: .medium
      case .low: .low
      }
    }

    package init?(name: String) {
      guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
      self = level
    }
  }

  package let level: Level
  package let score: Double?
  package let likelihood: Double?
  /// Why it has this level.
  package let reason: String

  private static let mostUnlikely = 0.1

  /// - Parameter told: how bad another scanner calls it, by its own word; asked where there is no score.
  package init(_ advisory: Advisory, _ risks: RiskIndex, told: String = "") {
    let entries = ([advisory.id] + advisory.aliases).compactMap { RiskIndex.cve(in: $0) }.compactMap { risks[$0] }
    let own = advisory.severity.compactMap { try? CVSS($0) }
    // What the advisory says counts before what others say of its CVE; of several versions the newest.
    let best = own.max { $0.version.rawValue < $1.version.rawValue }
    score = best?.base ?? entries.compactMap(\.score).max()
    likelihood = entries.compactMap(\.likelihood).max()
    let scored = score.map { "CVSS \($0)" } ?? "no score"
    if entries.contains(where: \.isExploited) {
      level = .exploited
      reason =
        entries.contains(where: \.isRansomware)
        ? "exploited by ransomware (KEV), \(scored)" : "exploited (KEV), \(scored)"
    } else if entries.contains(where: \.isActive) {
      level = .exploited
      reason = "exploited (SSVC), \(scored)"
    } else if let likelihood, likelihood >= Self.mostUnlikely {
      level = .likely
      reason = "EPSS \(Int((likelihood * 100).rounded())) %, \(scored)"
    } else if let score {
      level =
        switch CVSS.rating(score) {
        case "critical": .critical
        case "high": .high
        case "medium": .medium
        default: .low
        }
      reason = scored
    } else if let word = Self.words[told] {
      level = word
      reason = "\(told), \(scored)"
    } else {
      level = .unknown
      reason = scored
    }
  }

  /// What scanners and trackers call how bad something is.
  private static let words: [String: Level] = [
    "critical": .critical, "defcon1": .critical, "important": .high, "high": .high, "moderate": .medium,
    "medium": .medium, "low": .low, "negligible": .low, "unimportant": .low,
  ]

  package static func < (a: Priority, b: Priority) -> Bool {
    (a.level.rawValue, a.score ?? 0, a.likelihood ?? 0) < (b.level.rawValue, b.score ?? 0, b.likelihood ?? 0)
  }
}
