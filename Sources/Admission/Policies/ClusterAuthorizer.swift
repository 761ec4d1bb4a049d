package import Access
package import Expressions

/// Answers policies' questions about what users may do, by the roles and bindings of a cluster.
package struct ClusterAuthorizer: CELAuthorizer {
  private let authorizer: Authorizer
  private let identity: Identity
  /// Why roles or bindings may be missing; nil where all are known.
  private let ignorance: String?

  /// - Parameter ignorance: why roles and bindings may be missing; then nothing is denied for sure.
  package init(_ authorizer: Authorizer, user: AdmissionRequest.User, ignorance: String? = nil) {
    self.authorizer = authorizer
    self.ignorance = ignorance
    identity = Identity(user: user.name, groups: user.groups)
  }

  package func authorize(_ attributes: CELAuthorizerAttributes) -> CELAuthorizerDecision {
    var identity = identity
    if let account = attributes.serviceAccount {
      identity = Identity(
        user: "system:serviceaccount:\(account.namespace):\(account.name)",
        groups: [
          "system:serviceaccounts", "system:serviceaccounts:\(account.namespace)", "system:authenticated",
        ])
    }
    let target: AccessRequest.Target
    if let path = attributes.path {
      target = .path(path)
    } else {
      target = .resource(
        .init(
          group: attributes.group, resource: attributes.resource, subresource: attributes.subresource,
          namespace: attributes.namespace, name: attributes.name))
    }
    let verdict = authorizer.decide(AccessRequest(identity: identity, verb: attributes.verb, target: target))
    switch verdict {
    case .superuser: return CELAuthorizerDecision(isAllowed: true)
    case .allowed: return CELAuthorizerDecision(isAllowed: true, reason: authorizer.reason(verdict))
    case .unknown(let unknown) where !unknown.unseen.isEmpty:
      return CELAuthorizerDecision(
        isAllowed: false, error: "it is not known: \(ignorance ?? authorizer.reason(verdict))")
    case .denied, .unknown:
      let missing = verdict.missingRoles
      if let ignorance { return CELAuthorizerDecision(isAllowed: false, error: "it is not known: \(ignorance)") }
      // The server's reason for a denial names what bindings point at in vain.
      let reason = missing.map { name in
        let parts = name.split(separator: " ", maxSplits: 1)
        let resource = parts.first == "Role" ? "role" : "clusterrole"
        return "\(resource).rbac.authorization.k8s.io \(parts.last ?? "") not found"
      }
      return CELAuthorizerDecision(
        isAllowed: false, reason: reason.isEmpty ? "" : "RBAC: " + reason.joined(separator: ", "))
    }
  }
}
