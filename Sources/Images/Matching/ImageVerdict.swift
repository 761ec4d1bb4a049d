/// What is to be said of an image where many are spoken of: package by package, the most urgent first.
package struct ImageVerdict: Sendable {
  /// One package with its advisories in sum. `reason` says why the most urgent one has its level.
  package struct VulnerablePackage: Sendable {
    /// The source package of a distribution, or the package of a language.
    package let package: String
    package let version: String
    /// The lowest version that fixes all that can be fixed; nil where nothing can.
    package let fix: String?
    package let advisories: Int
    /// The most urgent of them.
    package let worst: String
    package let level: Priority.Level
    package let reason: String

    package init(
      package: String, version: String, fix: String?, advisories: Int, worst: String, level: Priority.Level,
      reason: String
    ) {
      self.package = package
      self.version = version
      self.fix = fix
      self.advisories = advisories
      self.worst = worst
      self.level = level
      self.reason = reason
    }
  }

  package let vulnerablePackages: [VulnerablePackage]
  /// The distribution and the last day of its support, where that is over.
  package let ended: (system: String, day: String)?
  /// Packages of which no advisory of the store speaks, and dependencies of which nobody tells the version.
  package let uncovered: Int

  package init(
    vulnerablePackages: [VulnerablePackage], ended: (system: String, day: String)? = nil, uncovered: Int = 0
  ) {
    self.vulnerablePackages = vulnerablePackages
    self.ended = ended
    self.uncovered = uncovered
  }

  /// - Parameter today: `YYYY-MM-DD`.
  package init(_ report: ImageReport, today: String) {
    let fixes = Dictionary(
      ImageAdvice(report.findings).steps.map { ("\($0.ecosystem.text)\0\($0.package)", $0.version) },
      uniquingKeysWith: { first, _ in first })
    var order: [String] = []
    var groups: [String: [ImageFinding]] = [:]
    for finding in report.findings {
      let key = "\(finding.package.ecosystem.text)\0\(finding.package.source ?? finding.package.name)"
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(finding)
    }
    // Findings come with the most urgent first, and so do the packages.
    vulnerablePackages = order.compactMap { key in
      guard let group = groups[key], let first = group.first else { return nil }
      return VulnerablePackage(
        package: first.package.source ?? first.package.name, version: first.package.version, fix: fixes[key],
        advisories: Set(group.map(\.vulnerability)).count, worst: first.vulnerability, level: first.priority.level,
        reason: first.priority.reason)
    }
    ended = report.system.flatMap { system in
      EndOfLife.passed(system, today: today).map { (system.title, $0) }
    }
    uncovered = report.uncovered.values.reduce(0, +) + report.unresolved.count
  }
}

/// What is known of the images of a cluster, by the names that its workloads give them.
package struct ImageVerdicts: Sendable {
  /// What is known of an image: its verdict, or why it could not be read.
  package enum Answer: Sendable {
    case read(ImageVerdict)
    /// Why nothing is known.
    case unread(String)
  }

  private let answers: [String: Answer]

  package init(_ answers: [String: Answer]) { self.answers = answers }

  /// Nil for an image that nobody looked at.
  package subscript(image: String) -> Answer? { answers[image] }
}
