/// What policies say of one request.
package struct PolicyReport: Sendable {
  /// One thing that a policy has against a request.
  package struct Violation: Sendable, Equatable {
    /// What the violation comes from. The last two are violations under `failurePolicy: Fail` only; otherwise they are
    /// `Ignored`.
    package enum Cause: Sendable, Equatable {
      /// The validation with this index gave false.
      case validation(Int)
      /// An expression could not be evaluated.
      case evaluation
      /// The policy, or its binding, is not in order.
      case configuration
    }

    package let policy: String
    /// Nil where the policy itself is at fault.
    package let binding: String?
    package let cause: Cause
    /// What the server does about it.
    package let actions: [PolicyBinding.Action]
    package let message: String
    /// As the Status of the API would have it.
    package let reason: String
    /// The param that it was judged by, where there is one.
    package let param: String?
  }

  /// A failure that the policy's failurePolicy passes over.
  package struct Ignored: Sendable, Equatable {
    package let policy: String
    package let binding: String?
    package let message: String
  }

  /// A policy that could not be asked, because …
  package struct NotEvaluated: Sendable, Equatable {
    static let unknownUser = "it depends on who sends the request, which is not known"
    static let unknownOldObject = "it depends on what was there before, which is not known"
    static let unknownOptions = "it depends on how the request is sent, which is not known"
    static let unknownTime = "it depends on when the object is made, which is not known"
    static let unknownRights = "it depends on what users may do, which is not known"
    static let noBinding = "it has params, and no binding says which"

    package let policy: String
    package let binding: String?
    package let reason: String
  }

  package var violations: [Violation] = []
  package var ignored: [Ignored] = []
  package var notEvaluated: [NotEvaluated] = []
  /// In the order in which the server would send them.
  package var warnings: [String] = []
  package var auditAnnotations: [(key: String, value: String)] = []
  /// How many validations were evaluated.
  package var evaluations = 0
  /// Policies that matched the request, through a binding that did.
  package var applied: [String] = []

  package init() {}

  package var denials: [Violation] { violations.filter { $0.actions.contains(.deny) } }

  mutating func addAuditAnnotation(_ key: String, _ value: String) {
    // The server keeps the first.
    if auditAnnotations.contains(where: { $0.key == key }) { return }
    auditAnnotations.append((key, value))
  }
}
