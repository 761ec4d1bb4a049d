import Access
import Kube
import TestKit
import Testing

/// Who holds a right by something else than a binding.
@Suite struct HolderTests {
  private static let constraints = """
    apiVersion: security.openshift.io/v1
    kind: SecurityContextConstraints
    metadata: {name: privileged}
    users: ['system:admin', 'system:serviceaccount:ci:runner']
    groups: ['system:cluster-admins', devs]
    ---
    apiVersion: security.openshift.io/v1
    kind: SecurityContextConstraints
    metadata: {name: restricted-v2}
    users: []
    groups: []
    ---
    apiVersion: user.openshift.io/v1
    kind: Group
    metadata: {name: devs}
    users: [kim]

    """

  private static func mayUse(_ inventory: AccessInventory, _ user: String, _ name: String) -> Authorizer.Verdict {
    Authorizer(inventory).decide(
      AccessRequest(
        identity: inventory.identity(of: AccessSubject.account(ofUser: user) ?? .user(user)), verb: "use",
        target: .resource(
          .init(group: "security.openshift.io", resource: "securitycontextconstraints", namespace: "ci", name: name))))
  }

  @Test(arguments: [
    ("system:serviceaccount:ci:runner", "privileged", true), ("kim", "privileged", true), ("sam", "privileged", false),
    ("kim", "restricted-v2", false), ("system:serviceaccount:ci:other", "privileged", false),
  ])
  func constraintsNameTheirHolders(_ user: String, _ name: String, _ isAllowed: Bool) {
    #expect(Self.mayUse(AccessTests.inventory(Self.constraints), user, name).isAllowed == isAllowed)
  }

  @Test func constraintsAreOneGrantAmongOthers() throws {
    let inventory = AccessTests.inventory(Self.constraints)
    let answers = WhoCan.subjects(
      verb: "use",
      target: .resource(
        .init(group: "security.openshift.io", resource: "securitycontextconstraints", name: "privileged")),
      authorizer: Authorizer(inventory), namedToo: false)
    #expect(
      Set(answers.map(\.subject))
        == [
          .user("system:admin"), .serviceAccount(namespace: "ci", name: "runner"), .group("system:cluster-admins"),
          .group("devs"),
        ])
    let verdict = Self.mayUse(inventory, "kim", "privileged")
    #expect(
      Authorizer(inventory).reason(verdict)
        == "allowed by SecurityContextConstraints \"privileged\", which names Group \"devs\"")
    // What OpenShift itself ships is nobody's decision; and no role lacks a binding.
    let index = try #require(inventory.givenBindings.first)
    #expect(inventory.shipper(of: .user("system:admin"), binding: index) == .distribution("OpenShift"))
    #expect(inventory.shipper(of: .group("devs"), binding: index) == nil)
    #expect(UnusedAccess.unboundRoles(inventory).isEmpty && UnusedAccess.emptyBindings(inventory).isEmpty)
    #expect(UnusedAccess.unusedRules(inventory, []).isEmpty)
    let changes = AccessDiff.changes(
      from: AccessTests.inventory("apiVersion: v1\nkind: List\nitems: []\n"), to: inventory)
    #expect(changes.contains { $0.subject == .group("devs") && !$0.gained.isEmpty })
  }

  @Test func whatABoundRoleIsMadeOfIsUsed() {
    let inventory = AccessTests.inventory(
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata: {name: parent}
      aggregationRule: {clusterRoleSelectors: [{matchLabels: {part: "yes"}}]}
      ---

      """
        + AccessTests.role(
          "ClusterRole", "child", "[{apiGroups: [''], resources: [pods], verbs: [list]}]",
          extra: ", labels: {part: 'yes'}")
        + AccessTests.role("ClusterRole", "lonely", "[{apiGroups: [''], resources: [pods], verbs: [list]}]")
        + AccessTests.bind("parent", to: "[{kind: User, name: kim}]") + UnknownRoleTests.bothKinds)
    #expect(UnusedAccess.unboundRoles(inventory).map { inventory.roles[$0].name } == ["lonely"])
  }

  @Test func groupsThatTheCredentialTellsCount() {
    let bare = AccessTests.inventory(AccessTests.bind("view", to: "[{kind: Group, name: ops}]", namespace: "shop"))
    let inventory = bare.with(groups: ["ops"], ofUser: "kim")
    func may(_ inventory: AccessInventory) -> Bool {
      Authorizer(inventory).decide(
        AccessRequest(
          identity: inventory.identity(of: .user("kim")), verb: "get",
          target: .resource(.init(group: "", resource: "pods", namespace: "shop")))
      ).isAllowed
    }
    #expect(!may(bare) && may(inventory))
    #expect(inventory.allSubjects.contains(.user("kim")))
  }

  @Test(arguments: [
    ("pods/exec", true), ("pods/nosuch", false), ("deployments/scale", true), ("deployments/exec", false),
    ("nodes/proxy", true), ("nodes/configz", true), ("serviceaccounts/token", true), ("vaults.example.com/open", true),
    ("vaults.example.com/status", true), ("vaults.example.com/shut", false), ("pods/*", true),
    ("things.example.org/any", true), ("*/scale", true), ("secrets/status", false),
  ])
  func subresourcesThatNothingKnowsAreTold(_ text: String, _ isKnown: Bool) throws {
    let names = ResourceNames(
      AccessTests.inventory(
        AccessTests.role("ClusterRole", "r", "[{apiGroups: [example.com], resources: [vaults/open], verbs: [get]}]")
          + """
          apiVersion: apiextensions.k8s.io/v1
          kind: CustomResourceDefinition
          metadata: {name: vaults.example.com}
          spec: {group: example.com, scope: Namespaced, names: {plural: vaults, kind: Vault}}

          """))
    switch names.resolve(text) {
    case .resource(let resource), .unheard(let resource): #expect(names.hasSubresource(resource) == isKnown)
    case .path, .unknown: Issue.record("\(text) was not resolved")
    }
  }

  @Test func whatHasNoEffectInANamespaceIsLeftOut() {
    let rule = PolicyRule(
      verbs: ["get", "list", "patch"], apiGroups: [""], resources: ["pods", "namespaces", "nodes", "configmaps"])
    #expect(
      rule.effective(inNamespaces: ResourceScope(Fixtures.snapshot("apiVersion: v1\nkind: List\nitems: []\n")))
        == [
          PolicyRule(verbs: ["get", "list", "patch"], apiGroups: [""], resources: ["pods", "configmaps"]),
          PolicyRule(verbs: ["get", "patch"], apiGroups: [""], resources: ["namespaces"]),
        ])
  }
}
