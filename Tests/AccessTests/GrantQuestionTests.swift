import Access
import Kube
import TestKit
import Testing

@Suite struct GrantQuestionTests {
  private static let cluster =
    AccessTests.role(
      "ClusterRole", "granter",
      "[{apiGroups: [rbac.authorization.k8s.io], resources: [roles, rolebindings], verbs: [create, update]}, {apiGroups: [''], resources: [pods], verbs: [get]}]"
    ) + AccessTests.bind("granter", to: "[{kind: User, name: kim}]")
    + AccessTests.bind("view", to: "[{kind: Group, name: devs}]", namespace: "shop", name: "old")
    // A copy of a whole cluster: what is not in it does not exist.
    + AccessTests.role(
      "ClusterRole", "cluster-admin", "[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]",
      extra: ", labels: {kubernetes.io/bootstrapping: rbac-defaults}")

  private static func verdict(_ yaml: String, by subject: AccessSubject = .user("kim")) -> String {
    let answers = GrantQuestion.answers(Fixtures.snapshot(yaml), by: subject, in: AccessTests.inventory(cluster))
    return answers.map { answer in
      switch answer.verdict {
      case .allowed: answer.isUpdate ? "update" : "create"
      case .mayNotWrite: "forbidden"
      case .lacks(let rules): "lacks " + rules.map(\.text).joined(separator: "; ")
      case .changesRole: "changes role"
      case .noRole(let role): "no \(role)"
      case .unknown: "unknown"
      }
    }.joined(separator: ", ")
  }

  @Test(arguments: [
    (
      AccessTests.role("Role", "r-a", "[{apiGroups: [''], resources: [pods], verbs: [get]}]", namespace: "shop"),
      "create"
    ),
    (
      AccessTests.role("Role", "r-a", "[{apiGroups: [''], resources: [secrets], verbs: [get]}]", namespace: "shop"),
      "lacks get secrets (core)"
    ),
    (AccessTests.bind("cluster-admin", to: "[{kind: User, name: kim}]"), "forbidden"),
    (
      AccessTests.bind("cluster-admin", to: "[{kind: User, name: kim}]", namespace: "shop"),
      "lacks * * (*)"
    ),
    (AccessTests.bind("granter", to: "[{kind: User, name: sam}]", namespace: "shop"), "create"),
    (AccessTests.bind("granter", to: "[{kind: User, name: sam}]", namespace: "shop", name: "old"), "changes role"),
    (AccessTests.bind("gone", to: "[{kind: User, name: sam}]", namespace: "shop"), "no ClusterRole \"gone\""),
    (
      AccessTests.role("Role", "r-a", "[{apiGroups: [''], resources: [pods], verbs: [get]}]", namespace: "shop")
        + AccessTests.bind("r-a", to: "[{kind: User, name: sam}]", namespace: "shop"), "create, create"
    ),
  ])
  func rolesAndBindingsAreJudgedAsTheServerDoes(_ yaml: String, _ expected: String) {
    #expect(Self.verdict(yaml) == expected)
  }

  @Test func aRoleThatMayComeFromElsewhereIsUnknown() {
    let inventory = AccessTests.inventory(
      AccessTests.role(
        "ClusterRole", "granter",
        "[{apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [create]}]")
        + AccessTests.bind("granter", to: "[{kind: User, name: kim}]"))
    let answers = GrantQuestion.answers(
      Fixtures.snapshot(AccessTests.bind("vendor", to: "[{kind: User, name: sam}]", namespace: "n")),
      by: .user("kim"), in: inventory)
    guard case .unknown? = answers.first?.verdict else {
      Issue.record("\(answers)")
      return
    }
  }
}
