import Findings

/// Gaps that belong to no object: kinds that a cluster would not list.
enum Refusals {
  static func of(_ result: ScanResult) -> [NotEvaluated] {
    // What a problem hides is said by the problem.
    result.notEvaluated.filter { $0.subject == nil && $0.cause != .unreadInput }
  }

  /// Which check could not judge, and why.
  static func text(_ gap: NotEvaluated) -> String {
    "\(gap.check?.rawValue ?? "every check") was not evaluated: \(gap.reason)"
  }
}
