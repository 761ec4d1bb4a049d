import Access
import Depth
import Findings
import Kube
import Posture
import TestKit
import Testing

/// A name that begins with `system:` and a label prove nothing: whoever writes roles writes both. What a built-in grant is, its
/// contents say.
@Suite struct ChangedBuiltInRoleTests {
  private static let api = "apiVersion: rbac.authorization.k8s.io/v1"
  private static let mark = "labels: {kubernetes.io/bootstrapping: rbac-defaults}"
  private static let all = "[{apiGroups: [\"*\"], resources: [\"*\"], verbs: [\"*\"]}]"

  private static func role(_ name: String, _ rules: String) -> String {
    "{\(api), kind: ClusterRole, metadata: {name: \"\(name)\", \(mark)}, rules: \(rules)}\n---\n"
  }

  private static func binding(_ role: String, _ subject: String) -> String {
    "{\(api), kind: ClusterRoleBinding, metadata: {name: \"\(role)\", \(mark)}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: \"\(role)\"}, subjects: [\(subject)]}\n---\n"
  }

  private static func group(_ name: String) -> String {
    "{kind: Group, apiGroup: rbac.authorization.k8s.io, name: \"\(name)\"}"
  }

  private static func account(_ name: String) -> String {
    "{kind: ServiceAccount, namespace: kube-system, name: \(name)}"
  }

  private static func worst(_ text: String) async -> Severity? {
    await PostureScan().run(Fixtures.snapshot(text)).findings.filter { $0.check.rawValue != "schema" }.map(\.severity)
      .max()
  }

  @Test(arguments: [
    ("system:basic-user", group("system:authenticated")), ("system:evil", group("system:authenticated")),
    ("system:evil", group("system:unauthenticated")), ("system:evil", group("system:serviceaccounts:web")),
    ("system:evil", group("system:my-team")), ("system:evil", account("backdoor")),
    ("system:evil", "{kind: User, apiGroup: rbac.authorization.k8s.io, name: \"system:evil\"}"),
  ]) func everythingForSomebodyIsSaidWhateverItIsCalled(_ role: String, _ subject: String) async {
    let text = Self.role(role, Self.all) + Self.binding(role, subject)
    #expect(await Self.worst(text) == .critical)
    let inventory = AccessInventory(Fixtures.snapshot(text))
    for holder in inventory.bindings[0].subjects {
      #expect(!inventory.holdsOnlyShipped(holder))
      #expect(inventory.shipper(of: holder, binding: 0) == nil)
    }
  }

  /// The binding of every cluster stands behind a role that is changed in a file alone.
  @Test(arguments: [
    ("system:basic-user", all, Severity.critical),
    ("system:public-info-viewer", "[{apiGroups: [\"\"], resources: [nodes/proxy], verbs: [get]}]", .critical),
    ("system:discovery", "[{apiGroups: [\"\"], resources: [secrets], verbs: [list]}]", .critical),
    ("system:discovery", "[{apiGroups: [\"\"], resources: [configmaps], verbs: [list]}]", .low),
  ]) func aChangedRoleIsGrantedByTheBindingOfEveryCluster(_ role: String, _ rules: String, _ severity: Severity) async {
    let text = Self.role(role, rules)
    #expect(await Self.worst(text) == severity)
    let inventory = AccessInventory(Fixtures.snapshot(text))
    #expect(inventory.givenBindings.count == 1)
  }

  @Test func whatComesWithTheClusterIsNobodysDecision() async {
    let text =
      Self.role(
        "system:basic-user",
        "[{apiGroups: [authorization.k8s.io], resources: [selfsubjectaccessreviews, selfsubjectrulesreviews], verbs: [create]}]"
      ) + Self.binding("system:basic-user", Self.group("system:authenticated"))
    #expect(await Self.worst(text) == nil)
    // A controller that only another release has, with harmless rights.
    let other =
      Self.role("system:controller:new", "[{apiGroups: [\"\"], resources: [configmaps], verbs: [get]}]")
      + Self.binding("system:controller:new", Self.account("new"))
    #expect(await Self.worst(other) == nil)
  }

  /// Another subject in the binding of a controller that may do much.
  @Test func anotherHolderOfABuiltInBindingIsSaid() async {
    let name = "system:controller:clusterrole-aggregation-controller"
    let rules =
      "[{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate, get, list, patch, update, watch]}]"
    let own = Self.account("clusterrole-aggregation-controller")
    #expect(await Self.worst(Self.role(name, rules) + Self.binding(name, own)) == nil)
    #expect(
      await Self.worst(Self.role(name, rules) + Self.binding(name, own + ", " + Self.account("my-app"))) == .critical)
  }

  @Test func rolesOfOpenShiftAreThoseOfRBAC() async {
    let text = """
      {apiVersion: authorization.openshift.io/v1, kind: ClusterRoleBinding, metadata: {name: b}, roleRef: {name: cluster-admin}, userNames: [ou], groupNames: [og]}
      ---
      {apiVersion: authorization.openshift.io/v1, kind: Role, metadata: {name: r, namespace: a}, rules: [{apiGroups: null, resources: [secrets], verbs: [get]}]}
      ---
      {apiVersion: authorization.openshift.io/v1, kind: RoleBinding, metadata: {name: r, namespace: a}, roleRef: {name: r, namespace: a}, subjects: [{kind: SystemUser, name: jo}]}
      """
    let inventory = AccessInventory(Fixtures.snapshot(text))
    let authorizer = Authorizer(inventory)
    func may(_ user: String, _ groups: [String], in namespace: String) -> Bool {
      authorizer.decide(
        AccessRequest(
          identity: Identity(user: user, groups: groups), verb: "get",
          target: .resource(.init(group: "", resource: "secrets", subresource: "", namespace: namespace, name: "s")))
      ).isAllowed
    }
    #expect(may("ou", [], in: "b") && may("x", ["og"], in: "b") && may("jo", [], in: "a"))
    #expect(!may("jo", [], in: "b"))
    #expect(await Self.worst(text) == .critical)
  }

  @Test(arguments: [
    ("ops:alice", ["system:authenticated", "ops"]), ("ops:", ["system:authenticated"]),
    ("dev:alice", ["system:authenticated"]), ("node-1.local", ["system:authenticated", "nodes"]),
  ]) func anAuthenticatorFillsTemplatesOfNames(_ user: String, _ groups: [String]) {
    let text = """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: aws-auth, namespace: kube-system}
      data:
        mapRoles: |
          - {rolearn: "arn:aws:iam::1:role/a", username: "ops:{{SessionName}}", groups: [ops]}
          - {rolearn: "arn:aws:iam::1:role/b", username: "{{EC2PrivateDNSName}}.local", groups: [nodes]}
      """
    #expect(AccessInventory(Fixtures.snapshot(text)).identity(of: .user(user)).groups == groups)
  }

  /// Impersonating a node is to have what is on it.
  @Test func impersonatingANodeLeadsToWhatRunsThere() {
    let text =
      Self.role(
        "imp",
        "[{apiGroups: [\"\"], resources: [users], resourceNames: [\"system:node:n1\"], verbs: [impersonate]}, {apiGroups: [\"\"], resources: [groups], resourceNames: [\"system:nodes\"], verbs: [impersonate]}]"
      ) + Self.binding("imp", "{kind: User, apiGroup: rbac.authorization.k8s.io, name: kim}")
      + "{\(Self.api), kind: ClusterRoleBinding, metadata: {name: op}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}, subjects: [{kind: ServiceAccount, namespace: ops, name: op}]}\n---\n"
      + "{apiVersion: v1, kind: Pod, metadata: {name: op, namespace: ops}, spec: {serviceAccountName: op, nodeName: n1, containers: [{name: c, image: x}]}}\n"
    let graph = EscalationGraph(AccessProfile(AccessInventory(Fixtures.snapshot(text))))
    #expect(graph.steps(from: .user("kim"), graph.paths(to: .clusterAdmin))?.count == 3)
  }
}
