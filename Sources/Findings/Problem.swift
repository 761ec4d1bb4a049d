/// Trouble with the scan itself: something that could not be read, reached or evaluated.
package struct Problem: Sendable, Hashable {
  /// Stable word for programs, such as `syntax` or `too-large`.
  package let code: String
  package let location: Location
  /// One sentence: what, and what to do.
  package let message: String
  /// True when something was not seen because of it; false for a mere remark.
  package let hidesInput: Bool

  package init(code: String, location: Location, message: String, hidesInput: Bool = true) {
    self.code = code
    self.location = location
    self.message = message
    self.hidesInput = hidesInput
  }

  /// The line for standard error.
  package var text: String { "\(location.text): \(message)" }

  package static func isOrderedBefore(_ a: Problem, _ b: Problem) -> Bool {
    (a.location, a.code, a.message) < (b.location, b.code, b.message)
  }
}

/// A question that could not be answered, and why. It is neither a pass nor a failure.
package struct NotEvaluated: Sendable, Hashable {
  /// Nil: every check.
  package let check: CheckID?
  /// Nil: every object.
  package let subject: Subject?
  package let reason: String

  package init(check: CheckID?, subject: Subject?, reason: String) {
    self.check = check
    self.subject = subject
    self.reason = reason
  }

  package static func isOrderedBefore(_ a: NotEvaluated, _ b: NotEvaluated) -> Bool {
    (a.check?.rawValue ?? "", a.subject?.text ?? "", a.reason)
      < (b.check?.rawValue ?? "", b.subject?.text ?? "", b.reason)
  }
}
