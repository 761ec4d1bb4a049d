/// A request that a log tells of: what rights somebody uses is worked out from these.
package struct ObservedRequest: Sendable {
  package enum Outcome: Sendable {
    /// Authorised, or not known to have been refused.
    case made
    /// Refused by the authorizers.
    case refused
    /// Turned away before anybody asked what its sender may do.
    case unauthenticated
  }

  /// Who sent it, as the authenticators named them.
  package let user: String
  package let groups: [String]
  /// As whom it was sent; nil where nobody impersonated.
  package let impersonated: Identity?
  package let verb: String
  package let target: AccessRequest.Target
  package let outcome: Outcome
  /// RFC 3339, as in the log: it sorts as text. Empty where the log does not say.
  package let time: String

  package init(
    user: String, groups: [String], impersonated: Identity? = nil, verb: String, target: AccessRequest.Target,
    outcome: Outcome = .made, time: String = ""
  ) {
    self.user = user
    self.groups = groups
    self.impersonated = impersonated
    self.verb = verb
    self.target = target
    self.outcome = outcome
    self.time = time
  }

  /// The user whose rights were asked.
  package var actingUser: String { impersonated?.user ?? user }
}
