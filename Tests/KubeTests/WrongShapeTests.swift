import Findings
import Kube
import TestKit
import Testing

/// What does not have the shape of the API is not taken for absent.
@Suite struct WrongShapeTests {
  private static func object(_ kind: String, _ rest: String) -> String {
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: \(kind)\nmetadata: {name: a}\n\(rest)\n"
  }

  private static let reference = "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}"

  @Test(arguments: [
    ("ClusterRoleBinding", "\(reference)\nsubjects: {kind: User, name: kim}", "subjects is not a list"),
    ("ClusterRoleBinding", "\(reference)\nsubjects: [kim]", "subjects[0] is not a mapping"),
    ("ClusterRoleBinding", "roleRef: view\nsubjects: []", "roleRef is not a mapping"),
    ("ClusterRoleBinding", "subjects: [{kind: User, name: kim}]", "it has no roleRef"),
    ("ClusterRole", "rules: {apiGroups: [''], resources: [secrets], verbs: [get]}", "rules is not a list"),
    ("ClusterRole", "rules: 5", "rules is not a list"),
    ("ClusterRole", "rules: [{verbs: get}]", "rules[0].verbs is not a list"),
    ("ClusterRole", "rules: []\naggregationRule: []", "aggregationRule is not a mapping"),
  ])
  func aGrantThatCannotBeReadIsNotNone(_ kind: String, _ rest: String, _ message: String) throws {
    let snapshot = Fixtures.snapshot(Self.object(kind, rest))
    let group = GroupKind("rbac.authorization.k8s.io", kind)
    #expect(snapshot.problems.map(\.code) == [.wrongShape])
    #expect(snapshot.problems.first?.message.contains(message) ?? false, "\(snapshot.problems)")
    #expect(snapshot.notSeen([group]).count == 1)
    // Nothing else is hidden by it.
    #expect(snapshot.notSeen([.networkPolicy]).isEmpty)
  }

  @Test(arguments: [
    "rules: null", "rules: []", "rules: [{verbs: [get], apiGroups: [''], resources: [pods]}]", "other: {a: [1]}",
  ])
  func whatTheServerTakesIsTaken(_ rest: String) {
    #expect(Fixtures.snapshot(Self.object("ClusterRole", rest)).problems.isEmpty)
  }

  @Test(arguments: ["{a: 1}", "5", "text"]) func aListWithoutItemsIsNotEmpty(_ items: String) {
    for kind in ["List", "PodList"] {
      let snapshot = Fixtures.snapshot("apiVersion: v1\nkind: \(kind)\nitems: \(items)\n")
      #expect(snapshot.problems.map(\.code) == [.wrongShape] && snapshot.problems[0].hidesInput)
      #expect(snapshot.objects.isEmpty)
    }
    #expect(Fixtures.snapshot("apiVersion: v1\nkind: List\nitems: []\n").problems.isEmpty)
  }
}
