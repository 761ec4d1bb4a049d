/// A problem of the scan itself: something that could not be read, reached or evaluated.
package struct Problem: Sendable, Hashable {
  /// A stable word for programs, such as `syntax` or `too-large`. Codes that programs decide by are constants, here or
  /// beside the code that reports them.
  package struct Code: RawRepresentable, Sendable, Hashable, Comparable, ExpressibleByStringLiteral {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
    package init(stringLiteral text: String) { rawValue = text }

    package static func < (a: Code, b: Code) -> Bool { a.rawValue < b.rawValue }
  }

  package let code: Code
  package let location: Location
  /// The object concerned, where the problem is more than a place in a file.
  package let subject: Subject?
  /// One sentence without the subject: what happened, and what to do.
  package let detail: Message
  /// Whether input was not seen because of it; false for a remark that hides nothing.
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

  /// Whether it tells of objects that were not validated, which a report without findings must not leave out.
  package var isUnvalidated: Bool { code == .noSchema || code == .encrypted }

  /// One sentence, with the subject before it where there is one.
  package var message: String { (subject.map { $0.text + ": " } ?? "") + detail.text }

  /// The line for standard error.
  package var text: String { "\(location.text): \(message)" }

  package static func isOrderedBefore(_ a: Problem, _ b: Problem) -> Bool {
    (a.location, a.code, a.message) < (b.location, b.code, b.message)
  }
}

extension Problem.Code {
  /// Objects of kinds whose schema is not at hand.
  package static let noSchema: Self = "no-schema"
  /// Objects whose values are encrypted.
  package static let encrypted: Self = "encrypted"
}
