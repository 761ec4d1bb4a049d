/// Who sends requests to the API server, as its authorizers and its audit log know them.
///
/// Source: rbac.authorization.k8s.io/v1, `Subject`.
package enum Principal: Sendable, Hashable {
  /// The name that the authenticator gave; never that of a service account.
  case user(String)
  case group(String)
  case serviceAccount(namespace: String, name: String)

  /// - Parameter userName: as in audit logs, where `system:serviceaccount:NAMESPACE:NAME` is a service account.
  package init(userName: String) {
    let parts = userName.split(separator: ":", omittingEmptySubsequences: false)
    if parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount", !parts[2].isEmpty, !parts[3].isEmpty {
      self = .serviceAccount(namespace: String(parts[2]), name: String(parts[3]))
    } else {
      self = .user(userName)
    }
  }

  package var kind: String {
    switch self {
    case .user: "User"
    case .group: "Group"
    case .serviceAccount: "ServiceAccount"
    }
  }
}
