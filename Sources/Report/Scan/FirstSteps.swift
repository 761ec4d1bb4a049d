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
    // Both are few or sorted already: findings come worst first.
    let severe = result.findings.prefix { $0.severity >= .high }
    var steps = best(Dictionary(grouping: severe, by: \.subject).values, most).map(object)
    if steps.count < most {
      let medium = result.findings.drop { $0.severity > .medium }.prefix { $0.severity == .medium }
      steps += best(Dictionary(grouping: medium, by: \.check).values, most - steps.count).map(check)
    }
    return steps
  }

  /// Groups by the worst severity, whether it is within reach here, how often, and how much there is in all; each with the
  /// finding that weighs most at its head.
  private static func best(_ groups: some Collection<[Finding]>, _ count: Int) -> [[Finding]] {
    let weighed = groups.compactMap { findings -> (findings: [Finding], head: Finding, weight: [Int])? in
      guard let worst = findings.map(\.severity).max() else { return nil }
      let top = findings.filter { $0.severity == worst }
      guard let head = top.first(where: { $0.why != nil }) ?? top.first else { return nil }
      return (findings, head, [worst.rawValue, head.why == nil ? 0 : 1, top.count, findings.count])
    }
    return weighed.sorted { a, b in
      a.weight != b.weight
        ? b.weight.lexicographicallyPrecedes(a.weight) : Finding.isOrderedBefore(a.head, b.head)
    }.prefix(count).map { group in
      [group.head] + group.findings.filter { $0 != group.head }
    }
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
    var seen = Set<Subject>()
    for finding in findings where seen.insert(finding.subject).inserted && names.count < 3 {
      names.append(finding.subject.text)
    }
    let rest = seen.count > names.count ? " and \(seen.count - names.count) more" : ""
    return Step(
      severity: worst.severity, title: worst.title, what: names.joined(separator: ", ") + rest,
      why: worst.why, remediation: worst.remediation)
  }

  private static func titles(_ findings: [Finding]) -> String {
    var titles: [String] = []
    for finding in findings {
      // A name such as CVE-2024-1 keeps its letters.
      let isName = finding.title.dropFirst().first?.isUppercase ?? false
      let title =
        titles.isEmpty || isName ? finding.title : finding.title.prefix(1).lowercased() + finding.title.dropFirst()
      if !titles.contains(where: { $0.lowercased() == title.lowercased() }) { titles.append(title) }
    }
    return titles.prefix(4).joined(separator: ", ") + (titles.count > 4 ? " and \(titles.count - 4) more" : "")
  }
}
