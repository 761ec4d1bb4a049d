import Access
import Bytes
import Events
import Findings
import Kube
import TestKit
import Testing

@Suite struct AccessTests {
  static func inventory(_ yaml: String) -> AccessInventory { AccessInventory(Fixtures.snapshot(yaml)) }

  static func role(_ kind: String, _ name: String, _ rules: String, namespace: String? = nil, extra: String = "")
    -> String
  {
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: \(kind)\nmetadata: {name: \(name)\(namespace.map { ", namespace: " + $0 } ?? "")\(extra)}\nrules: \(rules)\n---\n"
  }

  static func bind(_ role: String, to subjects: String, namespace: String? = nil, name: String? = nil) -> String {
    let kind = namespace == nil ? "ClusterRoleBinding" : "RoleBinding"
    let roleKind = role.hasPrefix("r-") ? "Role" : "ClusterRole"
    return
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: \(kind)\nmetadata: {name: \(name ?? "b-" + role)\(namespace.map { ", namespace: " + $0 } ?? "")}\nroleRef: {kind: \(roleKind), name: \(role)}\nsubjects: \(subjects)\n---\n"
  }

  static func can(
    _ inventory: AccessInventory, _ user: String, _ verb: String, _ resource: String, _ namespace: String = "",
    name: String = "", group: String = ""
  ) -> Bool {
    let parts = resource.split(separator: "/", maxSplits: 1).map(String.init)
    return Authorizer(inventory).decide(
      AccessRequest(
        identity: Identity(user: user), verb: verb,
        target: .resource(
          .init(
            group: group, resource: parts[0], subresource: parts.count > 1 ? parts[1] : "", namespace: namespace,
            name: name)))
    ).isAllowed
  }

  @Test func aggregationFollowsLabelsAndEndsInCircles() {
    let inventory = Self.inventory(
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata: {name: all, labels: {part: "2"}}
      aggregationRule: {clusterRoleSelectors: [{matchLabels: {part: "1"}}, {matchExpressions: [{key: x, operator: Exists}]}]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata: {name: inner, labels: {part: "1"}}
      aggregationRule: {clusterRoleSelectors: [{matchLabels: {part: "2"}}]}
      rules: []
      ---

      """
        + Self.role(
          "ClusterRole", "leaf", "[{apiGroups: [''], resources: [pods], verbs: [get]}]", extra: ", labels: {x: ''}")
        + Self.bind("all", to: "[{kind: User, name: kim}]"))
    #expect(Self.can(inventory, "kim", "get", "pods"))
    #expect(!Self.can(inventory, "kim", "list", "pods"))
    #expect(inventory.problems.contains { $0.code == "aggregation-circle" })
  }

  @Test func bindingsToMissingRolesGrantNothingAndAreNamed() {
    let inventory = Self.inventory(Self.bind("gone", to: "[{kind: User, name: kim}]"))
    #expect(!Self.can(inventory, "kim", "get", "pods"))
    #expect(UnusedAccess.emptyBindings(inventory).map(\.reason) == ["the ClusterRole \"gone\" is not in the input"])
  }

  @Test func pathsCountOnlyThroughClusterRoleBindings() {
    let inventory = Self.inventory(
      Self.role("ClusterRole", "metrics", "[{nonResourceURLs: [/metrics, /ext/*], verbs: [get]}]")
        + Self.bind("metrics", to: "[{kind: User, name: kim}]")
        + Self.bind("metrics", to: "[{kind: User, name: sam}]", namespace: "n"))
    func can(_ user: String, _ path: String) -> Bool {
      Authorizer(inventory).decide(AccessRequest(identity: Identity(user: user), verb: "get", target: .path(path)))
        .isAllowed
    }
    #expect(can("kim", "/metrics") && can("kim", "/ext/v1") && !can("kim", "/ext") && !can("sam", "/metrics"))
  }

  /// The evaluator against a naive reading of the rules, over random inventories and requests.
  @Test func agreesWithANaiveReading() throws {
    var random = SeededRandom(seed: 99)
    let verbs = ["get", "list", "create", "*"]
    let resources = ["pods", "pods/exec", "*/exec", "secrets", "*", "pods/*"]
    var allowed = 0
    for _ in 0..<60 {
      var yaml = ""
      var rules: [String: [(verbs: [String], resources: [String], names: [String])]] = [:]
      for index in 0..<4 {
        let name = index < 2 ? "c\(index)" : "r-\(index)"
        var list: [(verbs: [String], resources: [String], names: [String])] = []
        for _ in 0..<2 {
          list.append(
            ([random.pick(verbs)], [random.pick(resources), random.pick(resources)], random.below(3) == 0 ? ["a"] : []))
        }
        rules[name] = list
        let text = list.map {
          "{apiGroups: [''], verbs: [\($0.verbs.map { "'\($0)'" }.joined(separator: ","))], resources: [\($0.resources.map { "'\($0)'" }.joined(separator: ","))], resourceNames: [\($0.names.joined(separator: ","))]}"
        }.joined(separator: ", ")
        yaml += Self.role(index < 2 ? "ClusterRole" : "Role", name, "[\(text)]", namespace: index < 2 ? nil : "n")
      }
      var bindings: [(role: String, namespace: String?, subject: AccessSubject)] = []
      let subjects: [(String, AccessSubject)] = [
        ("{kind: User, name: kim}", .user("kim")),
        ("{kind: Group, name: 'system:authenticated'}", .group("system:authenticated")),
        ("{kind: ServiceAccount, name: s, namespace: n}", .serviceAccount(namespace: "n", name: "s")),
        ("{kind: Group, name: 'system:serviceaccounts:n'}", .group("system:serviceaccounts:n")),
      ]
      for index in 0..<4 {
        let subject = random.pick(subjects)
        let role = random.pick(["c0", "c1", "r-2", "r-3"])
        let namespace: String? = role.hasPrefix("r-") || random.below(2) == 0 ? random.pick(["n", "m"]) : nil
        bindings.append((role, namespace, subject.1))
        yaml += Self.bind(role, to: "[\(subject.0)]", namespace: namespace, name: "b\(index)")
      }
      let inventory = Self.inventory(yaml)
      for _ in 0..<100 {
        let user = random.pick(["kim", "sam", "system:serviceaccount:n:s", "system:serviceaccount:m:s"])
        let verb = random.pick(["get", "list", "create"])
        let resource = random.pick(["pods", "pods/exec", "secrets", "secrets/exec"])
        let namespace = random.pick(["", "n", "m"])
        let name = random.pick(["", "a", "b"])
        let mine = Identity(user: user).subjects
        let expected = bindings.contains { binding in
          guard mine.contains(binding.subject), binding.namespace == nil || binding.namespace == namespace else {
            return false
          }
          // A Role exists in n alone.
          if binding.role.hasPrefix("r-"), binding.namespace != "n" { return false }
          return (rules[binding.role] ?? []).contains { rule in
            (rule.verbs.contains("*") || rule.verbs.contains(verb))
              && rule.resources.contains { pattern in
                pattern == "*" || pattern == resource || pattern == "*/exec" && resource.hasSuffix("/exec")
              } && (rule.names.isEmpty || rule.names.contains(name))
          }
        }
        #expect(
          Self.can(inventory, user, verb, resource, namespace, name: name) == expected,
          "\(user) \(verb) \(resource) in '\(namespace)' named '\(name)'\n\(yaml)")
        if expected { allowed += 1 }
      }
    }
    #expect(allowed > 300)
  }

  @Test func compactionAllowsExactlyTheSame() {
    var random = SeededRandom(seed: 4)
    for _ in 0..<200 {
      let rules = (0..<6).map { _ in
        PolicyRule(
          verbs: [random.pick(["get", "list", "create"])], apiGroups: [random.pick(["", "apps"])],
          resources: [random.pick(["pods", "secrets"])],
          resourceNames: random.below(3) == 0 ? [random.pick(["a", "b"])] : [])
      }
      let compact = RuleCompaction.compact(rules)
      #expect(RuleCoverage.missing(rules, heldIn: compact).isEmpty)
      #expect(RuleCoverage.missing(compact, heldIn: rules).isEmpty)
      #expect(compact.count <= Set(rules).count)
    }
  }

  @Test func diffComparesMeaningNotText() {
    let subject = "[{kind: User, name: kim}]"
    let old = Self.inventory(
      Self.role("ClusterRole", "a", "[{apiGroups: [''], resources: [pods, secrets], verbs: [get, list]}]")
        + Self.bind("a", to: subject))
    let same = Self.inventory(
      Self.role("ClusterRole", "b", "[{apiGroups: [''], resources: [pods], verbs: [list, get]}]")
        + Self.role("ClusterRole", "c", "[{apiGroups: [''], resources: [secrets], verbs: [get, list]}]")
        + Self.bind("b", to: subject)
        + Self.bind("c", to: subject))
    #expect(AccessDiff.changes(from: old, to: same).isEmpty)
    let wider = Self.inventory(
      Self.role("ClusterRole", "a", "[{apiGroups: [''], resources: [pods], verbs: ['*']}]")
        + Self.bind("a", to: subject))
    let changes = AccessDiff.changes(from: old, to: wider)
    #expect(changes.count == 1 && changes[0].gained.map(\.text) == ["* pods (core)"])
    #expect(changes[0].lost.map(\.text) == ["get,list secrets (core)"])
  }

  @Test func weakGrantsAreNotEscalations() {
    // Writing bindings without `bind` grants only what one holds; `pods/*` and a named `create` grant nothing.
    let inventory = Self.inventory(
      Self.role(
        "ClusterRole", "weak",
        "[{apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings, clusterroles], verbs: [create, update]}, {apiGroups: [''], resources: ['pods/*'], verbs: [create]}, {apiGroups: [''], resources: [pods, serviceaccounts], verbs: [create], resourceNames: [x]}]"
      ) + Self.bind("weak", to: "[{kind: User, name: kim}]"))
    let profile = AccessProfile(inventory)
    #expect(profile.exposures(of: Identity(user: "kim")).map(\.risk.id) == ["rbac-hand-on"])
  }
}
