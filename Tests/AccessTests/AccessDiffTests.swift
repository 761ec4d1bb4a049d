import Access
import TestKit
import Testing

/// Who gained and lost what, however it is written.
@Suite struct AccessDiffTests {
  private func changes(_ old: String, _ new: String) -> [String] {
    AccessDiff.changes(
      from: AccessTests.inventory(old + UnknownRoleTests.bothKinds),
      to: AccessTests.inventory(new + UnknownRoleTests.bothKinds)
    ).map { change in
      let rules = change.gained.map { "+ " + $0.text } + change.lost.map { "- " + $0.text }
      return "\(change.subject.text) \(change.namespace ?? "everywhere"): \(rules.joined(separator: "; "))"
    }
  }

  private static func mapped(_ groups: String) -> String {
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: aws-auth, namespace: kube-system}\ndata: {mapRoles: \"- {rolearn: 'arn:aws:iam::1:role/dev', username: dev, groups: [\(groups)]}\"}\n---\n"
  }

  private static let secrets =
    AccessTests.role("ClusterRole", "reader", "[{apiGroups: [''], resources: [secrets], verbs: [get]}]")
    + AccessTests.bind("reader", to: "[{kind: Group, name: devs}]")

  @Test func whoJoinsAGroupGainsWhatItHolds() {
    #expect(
      changes("", Self.mapped("'system:masters'")) == ["User dev everywhere: + * * (*); + * *"])
    #expect(
      changes(Self.secrets, Self.secrets + Self.mapped("devs")) == ["User dev everywhere: + get secrets (core)"])
    #expect(
      changes(Self.secrets + Self.mapped("devs"), Self.secrets + Self.mapped("")) == [
        "User dev everywhere: - get secrets (core)"
      ])
    // What the group gains is told once, of the group.
    #expect(
      changes(Self.mapped("devs"), Self.secrets + Self.mapped("devs")) == [
        "Group devs everywhere: + get secrets (core)"
      ])
  }

  @Test func whatHasNoEffectIsNoChange() {
    let role = AccessTests.role("ClusterRole", "x", "[{apiGroups: [''], resources: [nodes, pods], verbs: [get]}]")
    #expect(
      changes("", role + AccessTests.bind("x", to: "[{kind: User, name: kim}]", namespace: "shop")) == [
        "User kim shop: + get pods (core)"
      ])
  }
}
