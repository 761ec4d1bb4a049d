/// Trouble with the scan itself: something that could not be read, reached or evaluated.
package struct Problem: Sendable, Hashable {
  /// A stable word for programs, such as `syntax` or `too-large`. Whoever decides by one gives it a name here or beside itself.
  package struct Code: RawRepresentable, Sendable, Hashable, Comparable, ExpressibleByStringLiteral {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
    package init(stringLiteral text: String) { rawValue = text }

    package static func < (a: Code, b: Code) -> Bool { a.rawValue < b.rawValue }
  }

  package let code: Code
  package let location: Location
  /// What it is about, where that is more than a place in a file.
  package let subject: Subject?
  /// One sentence without the subject: what, and what to do.
  package let detail: Message
  /// True when something was not seen because of it; false for a mere remark.
  package let hidesInput: Bool

  /// - Parameter message: one sentence, which does not name the subject.
  package init(code: Code, location: Location, subject: Subject? = nil, detail: Message, hidesInput: Bool = true) {
    self.code = code
    self.location = location
    self.subject = subject
    self.detail = detail
    self.hidesInput = hidesInput
  }

  package init(
    code: Code, location: Location, subject: Subject? = nil, message: String, hidesInput: Bool = true
  ) {
    self.init(code: code, location: location, subject: subject, detail: Message(message), hidesInput: hidesInput)
  }

  /// One sentence, with the subject before it where there is one.
  package var message: String { (subject.map { $0.text + ": " } ?? "") + detail.text }

  /// The line for standard error.
  package var text: String { "\(location.text): \(message)" }

  package static func isOrderedBefore(_ a: Problem, _ b: Problem) -> Bool {
    (a.location, a.code, a.message) < (b.location, b.code, b.message)
  }
}
