package import Bytes

/// A subject of a binding: a user, a group or a service account.
package enum AccessSubject: Sendable, Hashable, Comparable {
  case user(String)
  case group(String)
  case serviceAccount(namespace: String, name: String)

  /// Reads an entry of `subjects`. A service account without a namespace belongs to that of the binding.
  package init?(_ node: DocumentNode, bindingNamespace: String?) {
    guard let name = node["name"]?.text, !name.isEmpty else { return nil }
    switch node["kind"]?.string {
    case "User": self = .user(name)
    case "Group": self = .group(name)
    case "ServiceAccount":
      let namespace = node["namespace"]?.text ?? bindingNamespace ?? ""
      guard !namespace.isEmpty else { return nil }
      self = .serviceAccount(namespace: namespace, name: name)
    default: return nil
    }
  }

  /// Reads what a person writes: `ns/name` or `serviceaccount:ns/name` or the full user name for a service account,
  /// `group:name`, `user:name`, or a bare name for a user. Names of groups of the system are recognised.
  package init(argument: String) {
    func account(_ text: Substring) -> AccessSubject? {
      let parts = text.split(whereSeparator: { $0 == "/" || $0 == ":" })
      guard parts.count == 2 else { return nil }
      return .serviceAccount(namespace: String(parts[0]), name: String(parts[1]))
    }
    for prefix in ["system:serviceaccount:", "serviceaccount:", "sa:", "ServiceAccount/"]
    where argument.hasPrefix(prefix) {
      if let account = account(argument.dropFirst(prefix.count)) {
        self = account
        return
      }
    }
    if argument.hasPrefix("group:") {
      self = .group(String(argument.dropFirst(6)))
    } else if argument.hasPrefix("user:") {
      self = .user(String(argument.dropFirst(5)))
    } else if Self.systemGroups.contains(where: { argument == $0 || argument.hasPrefix($0 + ":") }) {
      self = .group(argument)
    } else if !argument.contains("@"), argument.split(separator: "/").count == 2, let account = account(argument[...]) {
      self = account
    } else {
      self = .user(argument)
    }
  }

  private static let systemGroups = [
    "system:masters", "system:authenticated", "system:unauthenticated", "system:serviceaccounts", "system:nodes",
    "system:bootstrappers",
  ]

  /// The user name and groups of this subject's requests. For a group: a member without a name.
  package var identity: Identity {
    switch self {
    case .user(let name): Identity(user: name)
    case .serviceAccount(let namespace, let name): Identity(user: "system:serviceaccount:\(namespace):\(name)")
    case .group(let name):
      Identity(
        user: "",
        groups: name == "system:unauthenticated" ? [name] : Array(Set([name, "system:authenticated"])).sorted())
    }
  }

  package var kind: String {
    switch self {
    case .user: "User"
    case .group: "Group"
    case .serviceAccount: "ServiceAccount"
    }
  }

  package var name: String {
    switch self {
    case .user(let name), .group(let name): name
    case .serviceAccount(let namespace, let name): "\(namespace)/\(name)"
    }
  }

  package var text: String { "\(kind) \(name)" }

  /// Part of every cluster, not granted by anybody who works with it.
  package var isControlPlane: Bool {
    switch self {
    case .user(let name): name.hasPrefix("system:") && name != "system:anonymous"
    case .group(let name):
      ["system:masters", "system:nodes", "system:monitoring"].contains(name) || name.hasPrefix("system:bootstrappers")
    case .serviceAccount(let namespace, _): namespace == "kube-system"
    }
  }

  package static func < (a: AccessSubject, b: AccessSubject) -> Bool { (a.kind, a.name) < (b.kind, b.name) }
}

/// Who a request comes from.
package struct Identity: Sendable, Hashable {
  package let user: String
  package let groups: [String]

  package init(user: String, groups: [String]) {
    self.user = user
    self.groups = groups
  }

  /// Adds the groups that the API server's authenticators add by themselves.
  package init(user: String) {
    self.user = user
    let parts = user.split(separator: ":", omittingEmptySubsequences: false)
    if user == "system:anonymous" {
      groups = ["system:unauthenticated"]
    } else if parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount" {
      groups = ["system:serviceaccounts", "system:serviceaccounts:\(parts[2])", "system:authenticated"]
    } else if user.hasPrefix("system:node:") {
      groups = ["system:nodes", "system:authenticated"]
    } else {
      groups = ["system:authenticated"]
    }
  }

  /// The subjects of bindings that mean this identity.
  package var subjects: [AccessSubject] {
    var subjects: [AccessSubject] = [.user(user)]
    let parts = user.split(separator: ":", omittingEmptySubsequences: false)
    if parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount" {
      subjects.append(.serviceAccount(namespace: String(parts[2]), name: String(parts[3])))
    }
    return subjects + groups.map { .group($0) }
  }
}
