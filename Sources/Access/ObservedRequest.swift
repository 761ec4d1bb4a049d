/// A request that a log tells of: what rights somebody uses is worked out from these.
package struct ObservedRequest: Sendable {
  /// How far a request came, by its response code and annotations.
  package enum Outcome: Sendable {
    /// Authorised, or not known to have been refused.
    case made
    /// Refused by the authorizers.
    case refused
    /// Turned away before anybody asked what its sender may do.
    case unauthenticated
  }

  /// What the body of a request, or of its answer, says that authorization depends on; all nil where the log has no bodies.
  package struct Body: Sendable, Hashable {
    /// `spec.signerName` of a CertificateSigningRequest or ClusterTrustBundle.
    package var signer: String?
    /// `roleRef` of a binding.
    package var roleKind: String?
    package var roleName: String?

    package init(signer: String? = nil, roleKind: String? = nil, roleName: String? = nil) {
      self.signer = signer
      self.roleKind = roleKind
      self.roleName = roleName
    }
  }

  /// What somebody impersonates besides a user and groups; all empty where nobody did.
  package struct ImpersonatedDetails: Sendable, Hashable {
    package var uid = ""
    /// A key and one of its values.
    package var extras: [Extra] = []
    /// The verb by which the server allowed it for requests of this kind only (KEP-5284); empty for the plain `impersonate`.
    package var constraint = ""

    /// One value of what the credential says besides name and groups.
    package struct Extra: Sendable, Hashable {
      package let key: String
      package let value: String

      package init(key: String, value: String) {
        self.key = key
        self.value = value
      }
    }

    package init(uid: String = "", extras: [Extra] = [], constraint: String = "") {
      self.uid = uid
      self.extras = extras
      self.constraint = constraint
    }
  }

  /// Who sent it, as the authenticators named them.
  package let user: String
  package let groups: [String]
  /// As whom it was sent; nil where nobody impersonated.
  package let impersonated: Identity?
  package let details: ImpersonatedDetails
  package let verb: String
  package let target: AccessRequest.Target
  package let outcome: Outcome
  /// HTTP status of the answer; nil where the log does not say.
  package let status: Int?
  package let body: Body
  /// RFC 3339, as in the log: it sorts as text. Empty where the log does not say.
  package let time: String

  package init(
    user: String, groups: [String], impersonated: Identity? = nil,
    details: ImpersonatedDetails = ImpersonatedDetails(), verb: String, target: AccessRequest.Target,
    outcome: Outcome = .made, status: Int? = nil, body: Body = Body(), time: String = ""
  ) {
    self.user = user
    self.groups = groups
    self.impersonated = impersonated
    self.details = details
    self.verb = verb
    self.target = target
    self.outcome = outcome
    self.status = status
    self.body = body
    self.time = time
  }

  /// The user whose rights were asked.
  package var actingUser: String { impersonated?.user ?? user }

  /// Whose rights were asked, with the groups that the log names and those that the server adds by itself.
  package var actingIdentity: Identity {
    let own = Identity(user: actingUser)
    let named = impersonated?.groups ?? groups
    return Identity(user: own.user, groups: own.groups + named.filter { !own.groups.contains($0) })
  }
}
