import Bytes
import Kube

/// The roles and bindings that the API server itself gives every cluster, and gives back at each of its starts: manifests do not
/// carry them, and whoever binds `system:auth-delegator` counts on them.
struct BootstrapPolicy: Sendable {
  /// What stands for a file in reports.
  static let file = "built in"
  /// The label that the API server puts on them.
  static let label = "kubernetes.io/bootstrapping"
  /// What labels begin with by which `view`, `edit` and `admin` gather the rules of other roles.
  static let gatheringPrefix = "rbac.authorization.k8s.io/aggregate-to-"

  /// Minor version of the release that it is of.
  let minor: Int
  let clusterRoles: [KubeObject]
  let namespacedRoles: [KubeObject]
  let bindings: [KubeObject]

  private init(_ table: BootstrapTable) {
    let roles = Self.roles(table.roles)
    minor = table.minor
    clusterRoles = roles.filter { $0.kind == "ClusterRole" }
    namespacedRoles = roles.filter { $0.kind == "Role" }
    bindings = table.bindings.split(separator: "\n").compactMap(Self.binding)
  }

  private static let newest = BootstrapPolicy(.release36)
  private static let older = BootstrapPolicy(.release20)

  static let all = [newest, older]
  /// Names of the roles that gather others, of any release.
  static let aggregatingRoles = Set(
    all.flatMap { $0.clusterRoles.filter { $0.root["aggregationRule"] != nil }.map(\.name) })

  /// To whom any release grants a role.
  static func holders(ofRole name: String, kind: String, namespace: String?) -> [AccessSubject] {
    let bindings = all.flatMap(\.bindings).filter { object in
      object.root[path: "roleRef", "kind"]?.string == kind && object.root[path: "roleRef", "name"]?.string == name
        && (kind == "ClusterRole" || object.namespace == namespace)
    }
    return Set(bindings.flatMap(AccessSubject.named(in:))).sorted()
  }

  /// The policy that stands for a release.
  ///
  /// - Parameter minor: its minor version; nil: the newest.
  static func standing(for minor: Int?) -> BootstrapPolicy {
    minor.map { $0 < BootstrapTable.release36.oldest } ?? false ? older : newest
  }

  private static func roles(_ table: String) -> [KubeObject] {
    var lines: [Substring] = []
    for line in table.split(separator: "\n") {
      let text = line.drop { $0 == " " }
      if text.hasPrefix("+"), let last = lines.popLast() {
        lines.append(last + text.dropFirst())
      } else {
        lines.append(line)
      }
    }
    var roles: [(head: Substring, rules: [Substring])] = []
    for line in lines {
      if line.hasPrefix(" ") { roles[roles.count - 1].rules.append(line) } else { roles.append((line, [])) }
    }
    return roles.compactMap { role($0.head, $0.rules) }
  }

  private static func role(_ head: Substring, _ rules: [Substring]) -> KubeObject? {
    let words = head.split(separator: " ")
    guard let first = words.first else { return nil }
    var labels: [(String, String)] = [(label, "rbac-defaults")]
    var selectors: [DocumentNode] = []
    for word in words.dropFirst() {
      let key = gatheringPrefix + word.dropFirst()
      if word.hasPrefix(">") {
        labels.append((key, "true"))
      } else {
        selectors.append(mapping([("matchLabels", mapping([(key, text("true"))]))]))
      }
    }
    var fields: [(String, DocumentNode)] = []
    if !selectors.isEmpty {
      fields.append(("aggregationRule", mapping([("clusterRoleSelectors", DocumentNode(.array(selectors)))])))
    }
    fields.append(("rules", DocumentNode(.array(rules.map(rule)))))
    let (namespace, name) = place(first)
    return object(namespace == nil ? "ClusterRole" : "Role", namespace, name, labels, fields)
  }

  private static func rule(_ line: Substring) -> DocumentNode {
    let words = line.split(separator: " ").map { $0.split(separator: ",").map { text($0 == "." ? "" : String($0)) } }
    let keys = words.count == 2 ? ["verbs", "nonResourceURLs"] : ["verbs", "apiGroups", "resources", "resourceNames"]
    return mapping(zip(keys, words).map { ($0, DocumentNode(.array($1))) })
  }

  private static func binding(_ line: Substring) -> KubeObject? {
    let words = line.split(separator: " ")
    guard words.count >= 2 else { return nil }
    let role = words[1].split(separator: "/", maxSplits: 1)
    let group = "rbac.authorization.k8s.io"
    let subjects = words.dropFirst(2).map { word in
      let parts = word.split(separator: "=", maxSplits: 1)
      guard parts[0] == "Account" else {
        return mapping([("kind", text(String(parts[0]))), ("apiGroup", text(group)), ("name", text(String(parts[1])))])
      }
      let (namespace, name) = place(parts[1])
      return mapping([("kind", text("ServiceAccount")), ("name", text(name)), ("namespace", text(namespace ?? ""))])
    }
    let (namespace, name) = place(words[0])
    return object(
      namespace == nil ? "ClusterRoleBinding" : "RoleBinding", namespace, name, [(label, "rbac-defaults")],
      [
        (
          "roleRef",
          mapping([("apiGroup", text(group)), ("kind", text(String(role[0]))), ("name", text(String(role[1])))])
        ), ("subjects", DocumentNode(.array(subjects))),
      ])
  }

  /// `NAMESPACE/NAME` or `NAME`.
  private static func place(_ word: Substring) -> (namespace: String?, name: String) {
    guard let slash = word.firstIndex(of: "/") else { return (nil, String(word)) }
    return (String(word[..<slash]), String(word[word.index(after: slash)...]))
  }

  private static func text(_ value: String) -> DocumentNode { DocumentNode(.string(value)) }

  private static func mapping(_ entries: [(String, DocumentNode)]) -> DocumentNode {
    DocumentNode(.object(Mapping(entries.map { .init(key: $0.0, value: $0.1) })))
  }

  private static func object(
    _ kind: String, _ namespace: String?, _ name: String, _ labels: [(String, String)],
    _ fields: [(String, DocumentNode)]
  ) -> KubeObject? {
    var metadata = [("name", text(name)), ("labels", mapping(labels.map { ($0.0, text($0.1)) }))]
    if let namespace { metadata.append(("namespace", text(namespace))) }
    return KubeObject(
      mapping(
        [
          ("apiVersion", text("rbac.authorization.k8s.io/v1")), ("kind", text(kind)), ("metadata", mapping(metadata)),
        ] + fields), file: file)
  }
}
