package import Access
package import Expressions
import Kube

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
        // Only who logs in is in system:authenticated; the server asks here for an account that did not.
        groups: ["system:serviceaccounts", "system:serviceaccounts:\(account.namespace)"])
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
    case .denied(let missing): return refusal(naming: missing)
    // A cluster that is given for admission is taken as it is given, unless it holds no grants at all.
    case .unknown(let unknown) where unknown.isForAbsenceAlone && !authorizer.inventory.holdsNoBindings:
      return refusal(naming: unknown.roles)
    case .unknown(let unknown):
      if !unknown.unseen.isEmpty {
        return Self.unknown("not all of \(unknown.unseen.map(\.kind).joined(separator: ", ")) were seen")
      }
      return Self.unknown(authorizer.reason(verdict))
    }
  }

  private static func unknown(_ reason: String) -> CELAuthorizerDecision {
    CELAuthorizerDecision(isAllowed: false, error: "it is not known: \(reason)", isKnown: false)
  }

  /// - Parameter missing: roles that bindings point at in vain, which the server's reason for a denial names.
  private func refusal(naming missing: [String]) -> CELAuthorizerDecision {
    if let ignorance { return Self.unknown(ignorance) }
    let reason = missing.map { name in
      let parts = name.split(separator: " ", maxSplits: 1)
      let resource = parts.first == "Role" ? "role" : "clusterrole"
      return "\(resource).rbac.authorization.k8s.io \(parts.last ?? "") not found"
    }
    return CELAuthorizerDecision(
      isAllowed: false, reason: reason.isEmpty ? "" : "RBAC: " + reason.joined(separator: ", "))
  }
}
