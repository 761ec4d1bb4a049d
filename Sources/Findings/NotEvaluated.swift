/// A question that could not be answered, and why. It is neither a pass nor a failure.
package struct NotEvaluated: Sendable, Hashable {
  /// Nil: every check.
  package let check: CheckID?
  /// Nil: every object.
  package let subject: Subject?
  package let reason: String
  package let cause: Cause

  /// What kept the question from being answered.
  package enum Cause: Sendable, Hashable {
    /// The input does not hold the answer.
    case undecided
    /// A part of the input could not be read; a `Problem` reports it as well.
    case unreadInput
    /// The cluster refused to list a kind of objects.
    case refusedKind
    /// An object is of a kind that no server knows, so that it may be meant as any other.
    case unknownKind
    /// Packages of an image cannot be judged by the advisories that are at hand.
    case uncoveredPackages

    /// Whether what was not seen may be of any kind, and so what any check is about.
    package var mayBeAnything: Bool {
      switch self {
      case .unreadInput, .unknownKind: true
      case .undecided, .refusedKind, .uncoveredPackages: false
      }
    }

    /// Whether all of some kind was not judged, rather than single objects.
    package var isOfWholeKinds: Bool { self == .refusedKind || self == .uncoveredPackages }
  }

  package init(check: CheckID?, subject: Subject?, reason: String, cause: Cause = .undecided) {
    self.cause = cause
    self.check = check
    self.subject = subject
    self.reason = reason
  }

  /// Every check and every object, for input that a problem hides.
  package init(unread problem: Problem) {
    self.init(
      check: nil, subject: nil, reason: "\(problem.location.text) was not read: \(problem.message)", cause: .unreadInput
    )
  }

  package static func isOrderedBefore(_ a: NotEvaluated, _ b: NotEvaluated) -> Bool {
    let (x, y) = (a.check?.rawValue ?? "", b.check?.rawValue ?? "")
    if x != y { return x < y }
    if a.subject != b.subject {
      guard let left = a.subject, let right = b.subject else { return a.subject == nil }
      return left < right
    }
    return a.reason < b.reason
  }
}
