import Findings

/// Gaps without an object: kinds that a cluster refused to list.
enum Refusals {
  static func of(_ result: ScanResult) -> [NotEvaluated] {
    // Unread input is already reported as a problem.
    result.notEvaluated.filter { $0.subject == nil && $0.cause != .unreadInput }
  }

  /// Gaps of single objects; where one reason keeps many checks from an answer about an object, it is told once.
  static func ofObjects(_ result: ScanResult) -> [NotEvaluated] {
    struct Key: Hashable {
      let subject: Subject?
      let reason: String
    }
    let answers = result.notEvaluated.filter { $0.check != nil && $0.subject != nil }
    let shared = Dictionary(grouping: answers) { Key(subject: $0.subject, reason: $0.reason) }.filter { $1.count > 3 }
    var told = Set<Key>()
    return answers.compactMap { gap in
      let key = Key(subject: gap.subject, reason: gap.reason)
      guard shared[key] != nil else { return gap }
      guard told.insert(key).inserted else { return nil }
      return NotEvaluated(check: nil, subject: gap.subject, reason: gap.reason, cause: gap.cause)
    }
  }

  /// Which check could not judge, and why.
  static func text(_ gap: NotEvaluated) -> String {
    let checks = gap.check?.rawValue ?? (gap.subject == nil ? "every check" : "what depends on it")
    return "\(checks) was not evaluated\(gap.subject.map { " for \($0.text)" } ?? ""): \(gap.reason)"
  }
}
