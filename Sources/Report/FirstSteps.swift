import Findings

/// What to do first: what is wrong with one object as one step, those that take most harm away before the others.
enum FirstSteps {
  struct Step {
    let severity: Severity
    /// The object, or the check where many objects need the same.
    let title: String
    /// What is wrong with it, or where.
    let what: String
    /// Why it weighs so much here.
    let why: String?
    let remediation: String
  }

  private static let most = 6

  /// - Returns: at most six steps: objects with findings of high severity and worse, then checks of medium severity that
  ///   fail in most places.
  static func of(_ result: ScanResult) -> [Step] {
    let severe = result.findings.filter { $0.severity >= .high }
    var steps = ranked(Dictionary(grouping: severe, by: \.subject.text).values.map { $0 }).prefix(most).map(object)
    if steps.count < most {
      let medium = result.findings.filter { $0.severity == .medium }
      steps += ranked(Dictionary(grouping: medium, by: \.check.rawValue).values.map { $0 })
        .prefix(most - steps.count).map(check)
    }
    return steps
  }

  /// By the worst severity, whether it is within reach here, how often, and how much there is in all.
  private static func ranked(_ groups: [[Finding]]) -> [[Finding]] {
    groups.map { findings -> (findings: [Finding], weight: [Int]) in
      let sorted = findings.sorted {
        ($0.severity, $0.why == nil ? 0 : 1) != ($1.severity, $1.why == nil ? 0 : 1)
          ? ($0.severity, $0.why == nil ? 0 : 1) > ($1.severity, $1.why == nil ? 0 : 1)
          : Finding.isOrderedBefore($0, $1)
      }
      let worst = sorted.first?.severity ?? .info
      let isNear = sorted.first?.why != nil
      return (sorted, [worst.rawValue, isNear ? 1 : 0, sorted.count { $0.severity == worst }, sorted.count])
    }.sorted { a, b in
      if a.weight != b.weight { return b.weight.lexicographicallyPrecedes(a.weight) }
      guard let x = a.findings.first, let y = b.findings.first else { return false }
      return Finding.isOrderedBefore(x, y)
    }.map(\.findings)
  }

  private static func object(_ findings: [Finding]) -> Step {
    let worst = findings[0]
    let cause = worst.cause.map { " (\($0))" } ?? ""
    return Step(
      severity: worst.severity, title: worst.subject.text,
      what: titles(findings) + cause, why: worst.why, remediation: worst.remediation)
  }

  private static func check(_ findings: [Finding]) -> Step {
    let worst = findings[0]
    var names: [String] = []
    for finding in findings where !names.contains(finding.subject.text) { names.append(finding.subject.text) }
    let rest = names.count > 3 ? " and \(names.count - 3) more" : ""
    return Step(
      severity: worst.severity, title: worst.title, what: names.prefix(3).joined(separator: ", ") + rest,
      why: worst.why, remediation: worst.remediation)
  }

  private static func titles(_ findings: [Finding]) -> String {
    var titles: [String] = []
    for finding in findings {
      let title = titles.isEmpty ? finding.title : finding.title.prefix(1).lowercased() + finding.title.dropFirst()
      if !titles.contains(where: { $0.lowercased() == title.lowercased() }) { titles.append(title) }
    }
    return titles.prefix(4).joined(separator: ", ") + (titles.count > 4 ? " and \(titles.count - 4) more" : "")
  }
}
