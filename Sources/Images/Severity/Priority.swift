package import Findings

/// How soon a vulnerability wants to be fixed: exploited before likely to be, before how bad it is.
package struct Priority: Sendable, Hashable, Comparable {
  /// The steps of urgency, ascending. Exploitation, known or likely, ranks above any score.
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

    /// Whether it is as urgent as a threshold, or more. What nobody has rated counts as medium, as `severity` says.
    package func reaches(_ threshold: Level) -> Bool {
      rawValue >= threshold.rawValue || self == .unknown && threshold.rawValue <= Level.medium.rawValue
    }

    /// Lower case only; nil for an unknown name.
    package init?(name: String) {
      guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
      self = level
    }
  }

  package let level: Level
  /// CVSS base score from 0 to 10; nil where nobody has scored it.
  package let score: Double?
  /// EPSS probability from 0 to 1; nil where EPSS does not know the CVE.
  package let likelihood: Double?
  /// Why it has this level.
  package let reason: String

  /// The probability from which on it is likely.
  private static let likelyFrom = 0.1

  /// How soon one vulnerability wants to be fixed in a package.
  ///
  /// What is exploited, or likely to be, comes first. Then counts how bad the distribution calls it in its own package, then a
  /// score, then how bad somebody else calls it.
  ///
  /// - Parameters:
  ///   - names: of the vulnerability: of an erratum one of those that it fixes; all of the advisory's by default.
  ///   - told: how bad another scanner calls it, by its own word.
  package init(_ advisory: Advisory, _ risks: RiskIndex, names: [String]? = nil, told: String = "") {
    let entries = (names ?? [advisory.id] + advisory.aliases).compactMap { RiskIndex.cve(in: $0) }.compactMap {
      risks[$0]
    }
    let own = advisory.severity.compactMap { try? CVSS($0) }
    // What the advisory says counts before what others say of its CVE; of several versions the newest.
    let best = own.max { $0.version.rawValue < $1.version.rawValue }
    score = best?.base ?? entries.compactMap(\.score).max()
    likelihood = entries.compactMap(\.likelihood).max()
    let scored = score.map { "CVSS \($0)" } ?? "no score"
    let vendor = advisory.rating.flatMap { $0.isVendors ? $0.word : nil }
    let other = advisory.rating?.word ?? told
    if entries.contains(where: \.isExploited) {
      level = .exploited
      reason =
        entries.contains(where: \.isRansomware)
        ? "exploited by ransomware (KEV), \(scored)" : "exploited (KEV), \(scored)"
    } else if entries.contains(where: \.isActive) {
      level = .exploited
      reason = "exploited (SSVC), \(scored)"
    } else if let likelihood, likelihood >= Self.likelyFrom {
      level = .likely
      reason = "EPSS \(Int((likelihood * 100).rounded())) %, \(scored)"
    } else if let vendor, let word = Self.words[vendor] {
      level = word
      reason = "\(vendor) (\(advisory.affected.first?.ecosystem.name ?? "vendor")), \(scored)"
    } else if let score {
      level =
        switch CVSS.rating(score) {
        case "critical": .critical
        case "high": .high
        case "medium": .medium
        default: .low
        }
      reason = scored
    } else if let word = Self.words[other] ?? Self.words[told] {
      level = word
      reason = "\(Self.words[other] == nil ? told : other), \(scored)"
    } else {
      level = .unknown
      reason = scored
    }
  }

  /// Lower than it would be elsewhere, for a reason.
  func lowered(_ reason: String) -> Priority {
    Priority(level: .low, score: score, likelihood: likelihood, reason: reason)
  }

  private init(level: Level, score: Double?, likelihood: Double?, reason: String) {
    self.level = level
    self.score = score
    self.likelihood = likelihood
    self.reason = reason
  }

  /// Whether a word says how bad something is.
  static func isRating(_ word: String) -> Bool { words[word] != nil }

  /// What scanners and trackers call how bad something is.
  private static let words: [String: Level] = [
    "critical": .critical, "defcon1": .critical, "important": .high, "high": .high, "moderate": .medium,
    "medium": .medium, "low": .low, "negligible": .low, "unimportant": .low, "minor": .low, "none": .low,
  ]

  package static func < (a: Priority, b: Priority) -> Bool {
    (a.level.rawValue, a.score ?? 0, a.likelihood ?? 0) < (b.level.rawValue, b.score ?? 0, b.likelihood ?? 0)
  }
}
