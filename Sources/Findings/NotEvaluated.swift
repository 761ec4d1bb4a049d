/// A question that could not be answered, and why. It is neither a pass nor a failure.
package struct NotEvaluated: Sendable, Hashable {
  /// Nil: every check.
  package let check: CheckID?
  /// Nil: every object.
  package let subject: Subject?
  package let reason: String
  package let cause: Cause

  /// What kept it from being answered.
  package enum Cause: Sendable, Hashable {
    /// The input does not hold the answer.
    case undecided
    /// A part of the input could not be read; a `Problem` says so as well.
    case unreadInput
    /// A cluster did not hand out a kind of objects.
    case refusedKind
  }

  package init(check: CheckID?, subject: Subject?, reason: String, cause: Cause = .undecided) {
    self.cause = cause
    self.check = check
    self.subject = subject
    self.reason = reason
  }

  package static func isOrderedBefore(_ a: NotEvaluated, _ b: NotEvaluated) -> Bool {
    (a.check?.rawValue ?? "", a.subject?.text ?? "", a.reason)
      < (b.check?.rawValue ?? "", b.subject?.text ?? "", b.reason)
  }
}
