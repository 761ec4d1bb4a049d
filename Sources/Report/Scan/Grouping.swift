import Findings

enum Grouping {
  /// Findings by subject; the subject with the worst finding first, then the one with more of them.
  static func bySubject(_ findings: [Finding]) -> [(subject: Subject, findings: [Finding])] {
    Dictionary(grouping: findings, by: \.subject)
      .map { (subject: $0.key, findings: $0.value.sorted(by: Finding.isOrderedBefore), weights: weights($0.value)) }
      .sorted { a, b in
        a.weights != b.weights ? b.weights.lexicographicallyPrecedes(a.weights) : a.subject < b.subject
      }
      .map { ($0.subject, $0.findings) }
  }

  /// Findings of one object, those with one cause together; in the order of the worst of each.
  static func byCause(_ findings: [Finding]) -> [[Finding]] {
    var groups: [[Finding]] = []
    var places: [String: Int] = [:]
    for finding in findings {
      if let cause = finding.cause, let place = places[cause] {
        groups[place].append(finding)
      } else {
        if let cause = finding.cause { places[cause] = groups.count }
        groups.append([finding])
      }
    }
    return groups
  }

  /// Counts by severity, worst first.
  private static func weights(_ findings: [Finding]) -> [Int] {
    var counts = [Int](repeating: 0, count: Severity.allCases.count)
    for finding in findings { counts[counts.count - 1 - finding.severity.rawValue] += 1 }
    return counts
  }
}
