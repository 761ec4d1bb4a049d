import Findings

/// Gaps that belong to no object: kinds that a cluster would not list.
enum Refusals {
  static func of(_ result: ScanResult) -> [NotEvaluated] {
    result.notEvaluated.filter { item in
      // What a problem hides is said by the problem.
      item.subject == nil && !result.problems.contains { item.reason.hasPrefix("\($0.location.text) was not read") }
    }
  }
}
