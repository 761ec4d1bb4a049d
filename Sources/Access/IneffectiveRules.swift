import Kube

/// Rules that allow nothing, whoever holds them: no request that Kubernetes makes or serves fits them.
package enum IneffectiveRules {
  /// A rule, or what of it is without effect.
  package struct Item: Sendable {
    /// Index into the inventory's roles.
    package let role: Int
    /// Index into the role's rules.
    package let rule: Int
    package let part: PolicyRule
    package let cause: Cause
  }

  /// Why a rule allows nothing.
  package enum Cause: Sendable, Hashable {
    case noGroup
    case notAGroup(String)
    case noResource(String, group: String)
    case noSubresource(String)
    case starOfSubresources(String)
    case noVerb([String], resource: String)
    /// `create` and `deletecollection` name no object.
    case namesForNew
    case namesForCollection
    case emptyName
    case ofCluster(String)
    case pathInNamespace
    case notAPath(String)

    /// In a sentence without a full stop.
    package var reason: String {
      switch self {
      case .noGroup: "it names no API group; the core is \"\""
      case .notAGroup(let group): "\"\(group)\" is not an API group: the core is \"\", and a version is no part of one"
      case .noResource(let resource, let group):
        "Kubernetes has no \(resource) in \(group.isEmpty ? "the core" : group); resources are plural, in lower case, and their group stands in apiGroups"
      case .noSubresource(let path): "there is no \(path)"
      case .starOfSubresources(let path):
        "\(path) is no pattern: a star stands for a whole resource, or before the slash"
      case .noVerb(let verbs, let resource): "no request for \(resource) has the verb \(verbs.joined(separator: ", "))"
      case .namesForNew:
        "a request that creates an object names none, unless it is an apply or an update, which the role does not allow"
      case .namesForCollection: "a request to delete a collection names no object"
      case .emptyName: "a request for one object never has the empty name"
      case .ofCluster(let resource): "\(resource) are not in namespaces, and the role grants in namespaces only"
      case .pathInNamespace: "paths are not in namespaces, and the role grants in namespaces only"
      case .notAPath(let path): "\"\(path)\" is no path: one begins with a slash"
      }
    }
  }

  /// Of the roles of the input, but for those that come with Kubernetes.
  package static func all(_ inventory: AccessInventory) -> [Item] {
    let snapshot = inventory.snapshot
    // Resources of a release that the table does not know may be there.
    guard snapshot.serverMinor ?? 0 <= BootstrapTable.release36.minor else { return [] }
    let scope = ResourceScope(snapshot)
    let seesBindings = inventory.seesAllBindings
    var everywhere = Set<Int>()
    var local = Set<Int>()
    for binding in inventory.bindings {
      guard let role = binding.role else { continue }
      if binding.namespace == nil { everywhere.insert(role) } else { local.insert(role) }
    }
    return inventory.roles.indices.flatMap { index -> [Item] in
      let role = inventory.roles[index]
      guard index < inventory.firstBuiltInRole, role.object.labels[BootstrapPolicy.label] == nil,
        role.object.groupKind != AccessInventory.constraints
      else { return [] }
      // A ClusterRole that others gather is bound through them.
      let isLocal =
        role.namespace != nil
        || seesBindings && !role.isGathered && local.contains(index) && !everywhere.contains(index)
      // What is gathered is told of the role that it is written in.
      return PolicyRule.written(in: role.object).enumerated().flatMap { number, rule in
        judge(rule, of: role.rules, isLocal: isLocal, scope).map {
          Item(role: index, rule: number, part: $0.part, cause: $0.cause)
        }
      }
    }
  }

  static func judge(
    _ rule: PolicyRule, of rules: [PolicyRule], isLocal: Bool, _ scope: ResourceScope
  ) -> [(part: PolicyRule, cause: Cause)] {
    guard !rule.verbs.isEmpty else { return [] }
    if rule.resources.isEmpty {
      guard !rule.nonResourceURLs.isEmpty else { return [] }
      if isLocal { return [(rule, .pathInNamespace)] }
      return rule.nonResourceURLs.filter { $0 != "*" && !$0.hasPrefix("/") }.map { path in
        (PolicyRule(verbs: rule.verbs, nonResourceURLs: [path]), .notAPath(path))
      }
    }
    guard !rule.apiGroups.isEmpty else { return [(rule, .noGroup)] }
    // Nil: some request fits. What does not fit in one of several groups, may in another.
    func cause(_ verb: String, _ path: String) -> Cause? {
      var first: Cause?
      for group in rule.apiGroups {
        guard let cause = Self.cause(verb, group, path, rule, of: rules, isLocal: isLocal, scope) else { return nil }
        first = first ?? cause
      }
      return first
    }
    var causes: [String: [String: Cause]] = [:]
    for path in rule.resources {
      for verb in rule.verbs { causes[path, default: [:]][verb] = cause(verb, path) }
    }
    let dead = rule.resources.filter { causes[$0]?.count == Set(rule.verbs).count }
    var found: [(part: PolicyRule, cause: Cause)] = []
    for path in dead {
      var part = rule
      part.resources = [path]
      let own = Set((causes[path] ?? [:]).values.map { $0.joined(rule.verbs, path) })
      guard let cause = own.count == 1 ? own.first : rule.verbs.lazy.compactMap({ causes[path]?[$0] }).first else {
        continue
      }
      if let known = found.firstIndex(where: { $0.cause == cause }) {
        found[known].part.resources.append(path)
      } else {
        found.append((part, cause))
      }
    }
    // A verb that fits one of the resources is written for that one.
    let alive = rule.resources.filter { !dead.contains($0) }
    guard let some = alive.first else { return found }
    for verb in rule.verbs where alive.allSatisfy({ causes[$0]?[verb] != nil }) {
      guard let cause = causes[some]?[verb] else { continue }
      var part = rule
      part.verbs = [verb]
      part.resources = alive
      found.append((part, cause))
    }
    return found
  }

  private static func cause(
    _ verb: String, _ group: String, _ path: String, _ rule: PolicyRule, of rules: [PolicyRule], isLocal: Bool,
    _ scope: ResourceScope
  ) -> Cause? {
    let parts = path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let resource = parts.first ?? path
    let subresource = parts.count == 2 ? parts[1] : ""
    if subresource == "*" { return .starOfSubresources(path) }
    if group == "core" || group.contains("/") || isVersion(group) { return .notAGroup(group) }
    // Anybody's keys stand as subresources of these.
    if let known = known[group], resource != "*", resource != "userextras" {
      guard let subresources = known[resource] else { return .noResource(resource, group: group) }
      guard let verbs = subresources[subresource] else {
        return subresource == "finalizers" && ["update", "*"].contains(verb) ? nil : .noSubresource(path)
      }
      if verb != "*", !verb.hasPrefix("impersonate"), !verbs.isEmpty, !verbs.contains(verb) {
        return .noVerb([verb], resource: path)
      }
    }
    if isLocal, resource != "*", scope.isAskedInNamespaces(group: group, resource: resource, verb: verb) == false {
      return .ofCluster(resource)
    }
    guard !rule.resourceNames.isEmpty, subresource.isEmpty, resource != "*", verb != "*" else { return nil }
    let names = rule.resourceNames.filter { !$0.isEmpty }
    if names.isEmpty { return PolicyRule.verbsOfCollections.contains(verb) ? nil : .emptyName }
    guard names.count == rule.resourceNames.count else { return nil }
    switch verb {
    case "deletecollection": return .namesForCollection
    case "create":
      let writes = rules.contains { other in
        other.allowsGroup(group) && other.allowsResource(path, subresource: "")
          && (other.allowsVerb("patch") || other.allowsVerb("update"))
      }
      return writes ? nil : .namesForNew
    default: return nil
    }
  }

  /// `v1`, `v1beta1`
  private static func isVersion(_ group: String) -> Bool {
    group.first == "v" && group.dropFirst().first?.isNumber == true && !group.contains(".")
  }

  private static let standard: Set<String> = [
    "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection",
  ]

  /// Verbs by group, resource and subresource; an empty set: any. Groups that are not here are anybody's.
  ///
  /// Sources: `kubectl api-resources` of Kubernetes 1.36, and the authorizers, admission plugins and aggregated servers that ask for more.
  private static let known: [String: [String: [String: Set<String>]]] = {
    var table: [String: [String: [String: Set<String>]]] = [:]
    for item in APIResource.builtIn {
      table[item.group, default: [:]][item.resource, default: [:]][item.subresource] =
        item.subresource.isEmpty ? standard : subresources[item.subresource] ?? []
    }
    func set(_ group: String, _ path: String, _ verbs: Set<String>) {
      let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
      table[group, default: [:]][parts[0], default: [:]][parts.count == 2 ? parts[1] : ""] = verbs
    }
    for (group, paths) in [
      "authentication.k8s.io": ["tokenreviews", "selfsubjectreviews"],
      "authorization.k8s.io": [
        "subjectaccessreviews", "selfsubjectaccessreviews", "selfsubjectrulesreviews", "localsubjectaccessreviews",
      ],
      "": ["bindings", "endpoints/restricted"], "discovery.k8s.io": ["endpointslices/restricted"],
      "certificates.k8s.io": ["certificatesigningrequests/nodeclient", "certificatesigningrequests/selfnodeclient"],
    ] {
      for path in paths { set(group, path, ["create"]) }
    }
    set("", "componentstatuses", ["get", "list"])
    // The kubelet asks for the verb of the HTTP method.
    for path in ["log", "metrics", "stats", "spec", "configz", "healthz", "pods", "checkpoint", "proxy"] {
      set("", "nodes/" + path, [])
    }
    // Authorizers and plugins ask for verbs of their own.
    for (group, path) in [
      ("", "users"), ("", "groups"), ("", "serviceaccounts"), ("certificates.k8s.io", "signers"),
      ("authentication.k8s.io", "uids"), ("authentication.k8s.io", "users"), ("authentication.k8s.io", "groups"),
      ("authentication.k8s.io", "serviceaccounts"), ("authentication.k8s.io", "nodes"),
      ("policy", "podsecuritypolicies"), ("rbac.authorization.k8s.io", "roles"),
      ("rbac.authorization.k8s.io", "clusterroles"),
    ] { set(group, path, []) }
    return table
  }()

  private static let subresources: [String: Set<String>] = [
    "status": ["get", "update", "patch"], "scale": ["get", "update", "patch"],
    "ephemeralcontainers": ["get", "update", "patch"], "resize": ["get", "update", "patch"],
    "approval": ["get", "update", "patch"], "log": ["get"], "exec": ["get", "create"], "attach": ["get", "create"],
    "portforward": ["get", "create"], "binding": ["create"], "eviction": ["create"], "token": ["create"],
    "finalize": ["update"], "proxy": ["get", "create", "update", "patch", "delete"],
  ]
}

extension IneffectiveRules.Cause {
  /// The same said of all verbs of a rule that have it.
  fileprivate func joined(_ verbs: [String], _ path: String) -> IneffectiveRules.Cause {
    if case .noVerb = self { .noVerb(verbs, resource: path) } else { self }
  }
}
