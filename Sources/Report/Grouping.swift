import Findings

enum Grouping {
  /// Findings by subject; the subject with the worst finding first, then the one with more of them.
  static func bySubject(_ findings: [Finding]) -> [(subject: Subject, findings: [Finding])] {
    Dictionary(grouping: findings, by: \.subject)
      .map { ($0.key, $0.value.sorted(by: Finding.isOrderedBefore)) }
      .sorted { a, b in
        let left = weights(a.1)
        let right = weights(b.1)
        return left != right ? right.lexicographicallyPrecedes(left) : a.0 < b.0
      }
  }

  /// Counts by severity, worst first.
  private static func weights(_ findings: [Finding]) -> [Int] {
    Severity.allCases.reversed().map { severity in findings.count { $0.severity == severity } }
  }
}
