import Bytes

/// What a rule needs of the audit log: the requests that it is about, and how much of them.
package struct RuleNeeds: Sendable {
  /// One request that a rule is about, and how much of it must be logged.
  package struct Need: Sendable, Hashable {
    package var request: AuditPolicy.Request
    /// The lowest level at which the fields that the rule asks for are logged.
    package var level: AuditPolicy.Level
    /// The field that wants it; "" for none beyond the request itself.
    package var field: String
  }

  /// What must all be true of a request on one way through a condition.
  private struct Way {
    var verbs: [String]?
    var groups: [String]?
    var resources: [String]?
    var subresources: [String]?
    var namespaces: [String]?
    var users: [String]?
    var level = AuditPolicy.Level.metadata
    var field = ""
  }

  package let needs: [Need]
  /// Whether the rule is about requests for anything.
  package let isGeneral: Bool

  /// - Returns: nil for a rule that is not about requests at the API server.
  package init?(_ tree: MatchTree, _ source: LogSource) {
    guard source.product == "kubernetes" || source.product == nil, source.service == "audit" || source.service == nil,
      source.product == "kubernetes" || source.service == "audit"
    else { return nil }
    var needs: [Need] = []
    var isGeneral = false
    for way in Self.ways(tree.simplified) {
      if way.resources == nil, way.groups.flatMap(Self.usual) == nil { isGeneral = true }
      for request in Self.requests(way) {
        let need = Need(request: request, level: way.level, field: way.field)
        if !needs.contains(need), needs.count < 512 { needs.append(need) }
      }
    }
    self.needs = needs
    self.isGeneral = isGeneral
  }

  private static let mostWays = 64

  private static func ways(_ tree: MatchTree) -> [Way] {
    switch tree {
    case .constant(let value): return value ? [Way()] : []
    case .not: return [Way()]
    case .test(let field, let test): return [way(field.name, test)]
    case .any(let trees):
      // Alternatives of one field are one way with several values.
      if let joined = joined(trees) { return [joined] }
      return Array(trees.flatMap(ways).prefix(mostWays))
    case .all(let trees):
      var made = [Way()]
      for tree in trees {
        let more = ways(tree)
        made = Array(made.flatMap { a in more.compactMap { merged(a, $0) } }.prefix(mostWays))
      }
      return made
    }
  }

  private static func joined(_ trees: [MatchTree]) -> Way? {
    var result: Way?
    var name: String?
    for tree in trees {
      guard case .test(let field, let test) = tree, name == nil || name == field.name else { return nil }
      name = field.name
      let one = way(field.name, test)
      guard var sum = result else {
        result = one
        continue
      }
      func add(_ path: WritableKeyPath<Way, [String]?>) {
        guard let a = sum[keyPath: path], let b = one[keyPath: path] else {
          sum[keyPath: path] = nil
          return
        }
        sum[keyPath: path] = a + b
      }
      add(\.verbs)
      add(\.groups)
      add(\.resources)
      add(\.subresources)
      add(\.namespaces)
      add(\.users)
      result = sum
    }
    return result
  }

  private static func way(_ field: String, _ test: FieldTest) -> Way {
    var way = Way()
    var value: String?
    var prefix: String?
    if case .pattern(let pattern) = test {
      value = pattern.exact.map { String(decoding: $0, as: UTF8.self) }
      if case .bytes(let bytes)? = pattern.elements.first { prefix = String(decoding: bytes, as: UTF8.self) }
    }
    switch field {
    case "verb", "event.action", "kubernetes.audit.verb": way.verbs = value.map { [$0] }
    case "objectRef.apiGroup", "apiGroup": way.groups = value.map { [$0] }
    case "objectRef.resource", "resource", "orchestrator.resource.type": way.resources = value.map { [$0] }
    case "objectRef.subresource", "subresource": way.subresources = value.map { [$0] }
    case "objectRef.namespace", "namespace", "orchestrator.namespace": way.namespaces = value.map { [$0] }
    case "user.username", "username", "user.name": way.users = (value ?? prefix).map { [$0] }
    default:
      // What a snapshot adds it finds by the images of the body.
      if ["requestObject", "podSpec", "podContainers", "podCommands", "cluster."].contains(where: field.hasPrefix) {
        way.level = .request
        way.field = field
      } else if field.hasPrefix("responseObject") {
        way.level = .requestResponse
        way.field = field
      }
    }
    return way
  }

  /// Nil where both cannot be true.
  private static func merged(_ a: Way, _ b: Way) -> Way? {
    var way = a
    func both(_ path: WritableKeyPath<Way, [String]?>) -> Bool {
      guard let more = b[keyPath: path] else { return true }
      guard let old = way[keyPath: path] else {
        way[keyPath: path] = more
        return true
      }
      let common = old.filter(more.contains)
      way[keyPath: path] = common
      return !common.isEmpty
    }
    guard both(\.verbs), both(\.groups), both(\.resources), both(\.subresources), both(\.namespaces), both(\.users)
    else {
      return nil
    }
    if b.level > way.level {
      way.level = b.level
      way.field = b.field
    }
    return way
  }

  /// Requests that stand for a way.
  private static func requests(_ way: Way) -> [AuditPolicy.Request] {
    let user = way.users?.first ?? "somebody"
    var groups = ["system:authenticated"]
    if user == "system:anonymous" { groups = ["system:unauthenticated"] }
    if user.hasPrefix("system:node") { groups.append("system:nodes") }
    if user.hasPrefix("system:serviceaccount") { groups.append("system:serviceaccounts") }
    func finished(_ request: AuditPolicy.Request) -> AuditPolicy.Request {
      var request = request
      request.user = user
      request.userGroups = groups
      return request
    }
    guard let resources = way.resources ?? way.groups.flatMap(Self.usual) else {
      // Nothing is said of what is asked for: what somebody who looks around asks for.
      var found: [AuditPolicy.Request] = []
      for resource in ["pods", "secrets", "namespaces", "nodes"] {
        for verb in way.verbs ?? ["list"] {
          var request = AuditPolicy.Request(verb: verb, resource: resource)
          if resource == "pods" || resource == "secrets" { request.namespace = way.namespaces?.first ?? "apps" }
          found.append(finished(request))
        }
      }
      if way.verbs == nil || way.verbs?.contains("get") == true {
        for path in ["/api", "/apis"] {
          var request = AuditPolicy.Request(verb: "get", resource: "")
          request.path = path
          found.append(finished(request))
        }
      }
      return found
    }
    var found: [AuditPolicy.Request] = []
    for resource in resources {
      for subresource in way.subresources ?? [""] {
        let verbs = way.verbs ?? ["get", "list", "watch", "create", "update", "patch", "delete"]
        for verb in verbs where verb != "connect" && verb != "replace" {
          var request = AuditPolicy.Request(verb: verb, resource: resource)
          request.subresource = subresource
          request.group = way.groups?.first ?? Self.group(of: resource)
          request.namespace = Self.clusterScoped.contains(resource) ? "" : way.namespaces?.first ?? "apps"
          found.append(finished(request))
        }
      }
    }
    return found
  }

  private static func usual(_ groups: [String]) -> [String]? {
    let found = resourceGroups.filter { groups.contains($0.value) }.keys.sorted()
    return found.isEmpty ? nil : found
  }

  private static func group(of resource: String) -> String { resourceGroups[resource] ?? "" }

  /// Groups of the resources that rules name; others are of the core group.
  private static let resourceGroups: [String: String] = {
    let lists: [(String, [String])] = [
      ("apps", ["deployments", "daemonsets", "statefulsets", "replicasets"]), ("batch", ["jobs", "cronjobs"]),
      ("rbac.authorization.k8s.io", ["roles", "rolebindings", "clusterroles", "clusterrolebindings"]),
      (
        "admissionregistration.k8s.io",
        [
          "mutatingwebhookconfigurations", "validatingwebhookconfigurations", "validatingadmissionpolicies",
          "validatingadmissionpolicybindings",
        ]
      ),
      ("certificates.k8s.io", ["certificatesigningrequests"]), ("networking.k8s.io", ["networkpolicies", "ingresses"]),
      ("apiextensions.k8s.io", ["customresourcedefinitions"]), ("apiregistration.k8s.io", ["apiservices"]),
      ("authorization.k8s.io", ["selfsubjectrulesreviews", "selfsubjectaccessreviews"]),
      ("authentication.k8s.io", ["tokenreviews"]), ("auditregistration.k8s.io", ["auditsinks"]),
      ("snapshot.storage.k8s.io", ["volumesnapshots", "volumesnapshotcontents"]),
    ]
    var groups: [String: String] = [:]
    for (group, resources) in lists { for resource in resources { groups[resource] = group } }
    return groups
  }()

  private static let clusterScoped: Set<String> = [
    "nodes", "namespaces", "clusterroles", "clusterrolebindings", "persistentvolumes", "customresourcedefinitions",
    "apiservices", "certificatesigningrequests", "mutatingwebhookconfigurations", "validatingwebhookconfigurations",
    "validatingadmissionpolicies", "validatingadmissionpolicybindings", "selfsubjectrulesreviews",
    "selfsubjectaccessreviews", "tokenreviews", "auditsinks", "volumesnapshotcontents",
  ]
}

/// Whether a rule can fire under an audit policy.
package struct RuleCoverage: Sendable {
  /// How far a rule can fire.
  package enum Status: String, Sendable, CaseIterable {
    /// All requests that the rule is about are logged as it needs them.
    case full
    /// Some are.
    case partial
    /// They are logged without the bodies that it needs.
    case noBody = "no-body"
    /// None is logged.
    case absent
    /// The rule is not about requests at the API server.
    case notAudit = "other-source"
  }

  package let status: Status
  /// One sentence: which requests are missing, and which line of the policy leaves them out.
  package let because: String

  package init(_ trees: [(tree: MatchTree, source: LogSource)], _ policy: AuditPolicy) {
    let needs = trees.compactMap { RuleNeeds($0.tree, $0.source) }.flatMap(\.needs)
    guard !needs.isEmpty else {
      status = .notAudit
      because = "the rule is about other events than those of the API server"
      return
    }
    var whole = 0
    var bare: [(RuleNeeds.Need, AuditPolicy.Rule?)] = []
    var missing: [(RuleNeeds.Need, AuditPolicy.Rule?)] = []
    for need in needs {
      let (level, rule) = policy.level(of: need.request)
      if level == .none {
        missing.append((need, rule))
      } else if level < need.level {
        bare.append((need, rule))
      } else {
        whole += 1
      }
    }
    func say(_ list: [(RuleNeeds.Need, AuditPolicy.Rule?)], _ end: String) -> String {
      var names: [String] = []
      for (need, _) in list where !names.contains(need.request.text) { names.append(need.request.text) }
      let shown = names.prefix(3).joined(separator: ", ")
      let more = names.count > 3 ? " and \(names.count - 3) more" : ""
      let line = list.first?.1.map { " (line \($0.line))" } ?? " (no rule of the policy fits)"
      return shown + more + " " + end + line
    }
    if whole == needs.count {
      status = .full
      because = "all requests that it is about are logged"
    } else if missing.count == needs.count {
      status = .absent
      because = say(missing, "are not logged")
    } else if whole == 0, missing.isEmpty {
      status = .noBody
      because = say(bare, "are logged at level Metadata, without `\(bare.first?.0.field ?? "")`")
    } else if whole == 0, !bare.isEmpty {
      status = .noBody
      because = say(bare, "are logged without `\(bare.first?.0.field ?? "")`") + "; " + say(missing, "are not logged")
    } else {
      status = .partial
      because = [
        missing.isEmpty ? nil : say(missing, "are not logged"),
        bare.isEmpty ? nil : say(bare, "are logged without bodies"),
      ].compactMap { $0 }.joined(separator: "; ")
    }
  }
}

extension AuditPolicy.Request {
  /// `list secrets`, `get pods/exec`, `get /api`.
  package var text: String {
    resource.isEmpty ? "\(verb) \(path)" : "\(verb) \(resource)" + (subresource.isEmpty ? "" : "/" + subresource)
  }
}
