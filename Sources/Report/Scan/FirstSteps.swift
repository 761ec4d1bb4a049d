import Findings

/// What to do first. All findings of one object are one step; the steps that remove most risk come first.
enum FirstSteps {
  struct Step {
    let severity: Severity
    /// The object, or the check where many objects need the same.
    let title: String
    /// The findings of the object, or the objects of the check.
    let what: String
    /// Why the severity is raised here; nil where it is not.
    let why: String?
    let remediation: String
    /// The files to change, the first with its line; empty where the input is no file.
    let places: [String]
    /// Controls more that would have to fail if it were mended; nil where depths stay what they are.
    var depth: Int?
  }

  private static let most = 6

  /// - Returns: at most six steps: objects with findings of high severity or worse, then the checks of medium severity
  ///   that fail most often.
  static func of(_ result: ScanResult) -> [Step] {
    // Findings are sorted worst first.
    let severe = result.findings.prefix { $0.severity >= .high }
    let taken = result.depth?.taken ?? [:]
    let names = Names(result.findings)
    let objects = Dictionary(grouping: severe) { names.text(of: $0) }.values
    var steps = best(objects, most, taken).map { object($0, taken, names) }
    if steps.count < most {
      let medium = result.findings.drop { $0.severity > .medium }.prefix { $0.severity == .medium }
      steps += best(Dictionary(grouping: medium, by: \.check).values, most - steps.count, taken).map {
        check($0, names)
      }
    }
    return steps
  }

  /// The first groups by the depth that they take away, worst severity, exposure, and number of findings; each begins with its
  /// worst finding.
  private static func best(
    _ groups: some Collection<[Finding]>, _ count: Int, _ taken: [Fingerprint: Int]
  ) -> [[Finding]] {
    let weighed = groups.compactMap { findings -> (findings: [Finding], head: Finding, weight: [Int])? in
      guard let worst = findings.map(\.severity).max() else { return nil }
      let top = findings.filter { $0.severity == worst }
      guard let head = top.first(where: { $0.why != nil }) ?? top.first else { return nil }
      return (
        findings, head,
        [depth(findings, taken) ?? 0, worst.rawValue, head.why == nil ? 0 : 1, top.count, findings.count]
      )
    }
    return weighed.sorted { a, b in
      a.weight != b.weight
        ? b.weight.lexicographicallyPrecedes(a.weight) : Finding.isOrderedBefore(a.head, b.head)
    }.prefix(count).map { group in
      [group.head] + group.findings.filter { $0 != group.head }
    }
  }

  private static func depth(_ findings: [Finding], _ taken: [Fingerprint: Int]) -> Int? {
    taken.isEmpty ? nil : findings.compactMap { taken[$0.fingerprint] }.max()
  }

  /// What objects are called: the same name in two files is two objects, and each is called with its file.
  private struct Names {
    private let shared: Set<Subject>

    init(_ findings: [Finding]) {
      var files: [Subject: String] = [:]
      var shared: Set<Subject> = []
      // An image is one thing, whatever file of it a finding is in.
      for finding in findings where finding.subject.object != nil {
        if let file = files[finding.subject], file != finding.location.file { shared.insert(finding.subject) }
        files[finding.subject] = finding.location.file
      }
      self.shared = shared
    }

    func text(of finding: Finding) -> String {
      finding.subject.text + (shared.contains(finding.subject) ? " (\(finding.location.file))" : "")
    }
  }

  private static func object(_ findings: [Finding], _ taken: [Fingerprint: Int], _ names: Names) -> Step {
    let worst = findings[0]
    let cause = worst.cause.map { " (\($0))" } ?? ""
    return Step(
      severity: worst.severity, title: names.text(of: worst),
      what: titles(findings) + cause, why: worst.why, remediation: worst.remediation,
      places: places(findings), depth: depth(findings, taken))
  }

  private static func check(_ findings: [Finding], _ names: Names) -> Step {
    let worst = findings[0]
    var objects: [String] = []
    var seen = Set<String>()
    for finding in findings {
      let name = names.text(of: finding)
      if seen.insert(name).inserted, objects.count < 3 { objects.append(name) }
    }
    let rest = seen.count > objects.count ? " and \(seen.count - objects.count) more" : ""
    return Step(
      severity: worst.severity, title: worst.title, what: objects.joined(separator: ", ") + rest,
      why: worst.why, remediation: worst.remediation, places: places(findings))
  }

  /// Each file once, in the order of the findings.
  private static func places(_ findings: [Finding]) -> [String] {
    var places: [String] = []
    var seen: Set<String> = []
    for finding in findings where finding.location.line > 0 && seen.insert(finding.location.file).inserted {
      places.append(places.isEmpty ? finding.location.text : finding.location.file)
    }
    return places
  }

  private static func titles(_ findings: [Finding]) -> String {
    var titles: [String] = []
    for finding in findings {
      // Names such as CVE-2024-1 stay in upper case.
      let isName = finding.title.dropFirst().first?.isUppercase ?? false
      let title =
        titles.isEmpty || isName ? finding.title : finding.title.prefix(1).lowercased() + finding.title.dropFirst()
      if !titles.contains(where: { $0.lowercased() == title.lowercased() }) { titles.append(title) }
    }
    return titles.prefix(4).joined(separator: ", ") + (titles.count > 4 ? " and \(titles.count - 4) more" : "")
  }
}
