import Findings

/// Gaps without an object: kinds that a cluster refused to list.
enum Refusals {
  static func of(_ result: ScanResult) -> [NotEvaluated] {
    // Unread input is already reported as a problem.
    result.notEvaluated.filter { $0.subject == nil && $0.cause != .unreadInput }
  }

  /// Which check could not judge, and why.
  static func text(_ gap: NotEvaluated) -> String {
    gap.cause == .uncoveredPackages
      ? gap.reason : "\(gap.check?.rawValue ?? "every check") was not evaluated: \(gap.reason)"
  }
}
