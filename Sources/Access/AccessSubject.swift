package import Bytes
import Kube

/// A subject of a binding: a user, a group or a service account.
package enum AccessSubject: Sendable, Hashable, Comparable {
  case user(String)
  case group(String)
  case serviceAccount(namespace: String, name: String)

  /// Reads an entry of `subjects`. A service account without a namespace belongs to that of the binding.
  package init?(_ node: DocumentNode, bindingNamespace: String?) {
    guard let name = node["name"]?.text, !name.isEmpty else { return nil }
    switch node["kind"]?.string {
    // One identity, whichever way it is spelt.
    case "User": self = Self.account(ofUser: name) ?? .user(name)
    case "Group": self = .group(name)
    case "ServiceAccount":
      let namespace = node["namespace"]?.text ?? bindingNamespace ?? ""
      guard !namespace.isEmpty else { return nil }
      self = .serviceAccount(namespace: namespace, name: name)
    default: return nil
    }
  }

  /// The service account whose user name this is; nil for the name of any other user.
  package static func account(ofUser name: String) -> AccessSubject? {
    let prefix = "system:serviceaccount:"
    guard name.utf8.starts(with: prefix.utf8) else { return nil }
    let rest = name.utf8.dropFirst(prefix.utf8.count)
    guard let colon = rest.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    let own = rest[rest.index(after: colon)...]
    guard colon > rest.startIndex, !own.isEmpty, !own.contains(UInt8(ascii: ":")) else { return nil }
    return .serviceAccount(namespace: String(Substring(rest[..<colon])), name: String(Substring(own)))
  }

  /// Parses an argument of the command line: `ns/name`, `serviceaccount:ns/name` or the full user name for a service
  /// account, `group:name`, `user:name`, or a bare name for a user. Names of system groups are recognised without a
  /// prefix.
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

  /// The group in which the node authorizer looks for kubelets.
  package static let kubelets = AccessSubject.group("system:nodes")

  /// The user name and groups of this subject's requests. For a group: a member without a name.
  package var identity: Identity {
    switch self {
    case .user(let name): Identity(user: name)
    case .serviceAccount(let namespace, let name):
      // As it is read from the user's name, without reading it.
      [namespace, name].contains { $0.utf8.contains(UInt8(ascii: ":")) }
        ? Identity(user: "system:serviceaccount:\(namespace):\(name)")
        : Identity(
          user: "system:serviceaccount:\(namespace):\(name)",
          groups: ["system:serviceaccounts", "system:serviceaccounts:\(namespace)", "system:authenticated"])
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

  /// Those that a binding names.
  static func named(in binding: KubeObject) -> [AccessSubject] {
    (binding.root["subjects"]?.elements ?? []).compactMap { AccessSubject($0, bindingNamespace: binding.namespace) }
  }

  /// Bears a name that Kubernetes keeps for itself. It says nothing about who decided on its rights.
  var isNamedLikeControlPlane: Bool {
    switch self {
    case .user(let name), .group(let name): name.hasPrefix("system:") && name != "system:anonymous"
    case .serviceAccount(let namespace, _): namespace == "kube-system"
    }
  }

  /// Groups of which each user, or each service account, is one.
  package var isEverybody: Bool {
    switch self {
    case .group(let name):
      ["system:authenticated", "system:unauthenticated", "system:serviceaccounts"].contains(name)
        || name.hasPrefix("system:serviceaccounts:")
    case .user(let name): name == "system:anonymous"
    case .serviceAccount: false
    }
  }

  /// By kind, then by name as it is written.
  package static func < (a: AccessSubject, b: AccessSubject) -> Bool {
    switch (a, b) {
    case (.user(let a), .user(let b)), (.group(let a), .group(let b)): a < b
    case (.serviceAccount(let a, let nameOfA), .serviceAccount(let b, let nameOfB)):
      a == b ? nameOfA < nameOfB : a + "/" < b + "/"
    default: a.rank < b.rank
    }
  }

  private var rank: Int {
    switch self {
    case .group: 0
    case .serviceAccount: 1
    case .user: 2
    }
  }
}

/// The user name and groups of a request.
package struct Identity: Sendable, Hashable {
  package let user: String
  package let groups: [String]

  package init(user: String, groups: [String]) {
    self.user = user
    self.groups = groups
  }

  /// Whether the API server allows it everything without asking an authorizer.
  package var isSuperuser: Bool { groups.contains("system:masters") }

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

  /// The subjects in bindings that match this identity.
  package var subjects: [AccessSubject] {
    (user.isEmpty ? [] : [AccessSubject.account(ofUser: user) ?? .user(user)]) + groups.map { .group($0) }
  }
}
