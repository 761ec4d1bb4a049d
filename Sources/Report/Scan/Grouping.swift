import Findings

enum Grouping {
  private struct Place: Hashable {
    let subject: Subject
    let file: String
  }

  /// Findings by subject and file, the worst first; of equally bad ones, the one with more findings. The same name in two
  /// files is two objects.
  static func bySubject(_ findings: [Finding]) -> [(subject: Subject, findings: [Finding])] {
    Dictionary(grouping: findings) { Place(subject: $0.subject, file: $0.location.file) }
      .map { (place: $0.key, findings: $0.value.sorted(by: Finding.isOrderedBefore), weights: weights($0.value)) }
      .sorted { a, b in
        a.weights != b.weights
          ? b.weights.lexicographicallyPrecedes(a.weights)
          : (a.place.subject, a.place.file) < (b.place.subject, b.place.file)
      }
      .map { ($0.place.subject, $0.findings) }
  }

  /// In how many objects findings are; the same name in two files is two of them.
  static func places(of findings: [Finding]) -> Int {
    // An image is one thing, whatever file of it a finding is in.
    Set(findings.map { Place(subject: $0.subject, file: $0.subject.object == nil ? "" : $0.location.file) }).count
  }

  /// Findings of one object, those with a common cause grouped, in the order of the worst of each group.
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

  /// Number of findings per severity, worst first.
  private static func weights(_ findings: [Finding]) -> [Int] {
    var counts = [Int](repeating: 0, count: Severity.allCases.count)
    for finding in findings { counts[counts.count - 1 - finding.severity.rawValue] += 1 }
    return counts
  }
}
