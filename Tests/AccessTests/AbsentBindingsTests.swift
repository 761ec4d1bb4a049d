import Access
import Kube
import TestKit
import Testing

/// Every cluster has bindings of both kinds. Files that hold one kind alone say nothing of the other.
@Suite struct AbsentBindingsTests {
  private static let pods = "[{apiGroups: [''], resources: [pods], verbs: [get]}]"
  private static let local =
    AccessTests.role("Role", "r-reader", pods, namespace: "shop")
    + AccessTests.bind("r-reader", to: "[{kind: User, name: kim}]", namespace: "shop")
  private static let everywhere =
    AccessTests.role("ClusterRole", "reader", pods) + AccessTests.bind("reader", to: "[{kind: User, name: kim}]")

  private func verdict(
    _ yaml: String, _ resource: String, in namespace: String, group: String = ""
  ) -> Authorizer.Verdict {
    Authorizer(AccessTests.inventory(yaml)).decide(
      AccessRequest(
        identity: Identity(user: "kim"), verb: "get",
        target: .resource(.init(group: group, resource: resource, namespace: namespace))))
  }

  @Test func aYesStandsAndANoDoesNot() {
    #expect(verdict(Self.local, "pods", in: "shop").isAllowed)
    #expect(!verdict(Self.local, "secrets", in: "shop").isKnown)
    #expect(!verdict(Self.local, "nodes", in: "").isKnown)
    #expect(verdict(Self.everywhere, "pods", in: "shop").isAllowed)
    #expect(!verdict(Self.everywhere, "secrets", in: "shop").isKnown)
    // No binding of a namespace grants what is in none.
    #expect(verdict(Self.everywhere, "nodes", in: "").isKnown)
    #expect(verdict(Self.local + Self.everywhere, "secrets", in: "shop").isKnown)
  }

  @Test func rolesWithoutBindingsSayNothing() {
    let yaml = AccessTests.role("ClusterRole", "reader", Self.pods)
    #expect(!verdict(yaml, "pods", in: "").isKnown)
    #expect(AccessTests.inventory(yaml).notSeen.map(\.kind) == [.clusterRoleBinding])
    #expect(UnusedAccess.unboundRoles(AccessTests.inventory(yaml)).isEmpty)
  }

  @Test func aRoleIsBoundInItsOwnNamespaceAlone() {
    let spare = AccessTests.role("Role", "r-spare", Self.pods, namespace: "shop")
    let wide = AccessTests.role("ClusterRole", "wide", Self.pods)
    func unbound(_ yaml: String) -> [String] {
      let inventory = AccessTests.inventory(yaml)
      return UnusedAccess.unboundRoles(inventory).map { inventory.roles[$0].name }
    }
    #expect(unbound(Self.local + spare + wide) == ["r-spare"])
    #expect(unbound(Self.everywhere + spare + wide).isEmpty)
    #expect(unbound(Self.local + Self.everywhere + spare + wide) == ["wide", "r-spare"])
  }

  /// A copy of a cluster made without Roles: what a RoleBinding to one grants is not known.
  @Test func aCopyWithoutRolesDoesNotTellWhatTheyGrant() {
    let admin = AccessTests.role(
      "ClusterRole", "cluster-admin", "[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]",
      extra: ", labels: {kubernetes.io/bootstrapping: rbac-defaults}")
    let bound = AccessTests.bind("r-gone", to: "[{kind: User, name: kim}]", namespace: "shop") + Self.everywhere
    #expect(!verdict(admin + bound, "secrets", in: "shop").isKnown)
    #expect(verdict(admin + bound, "secrets", in: "pay").isKnown)
    let empty = UnusedAccess.emptyBindings(AccessTests.inventory(admin + bound))
    #expect(empty.map(\.isCertain) == [false])
    let role = AccessTests.role("Role", "r-other", Self.pods, namespace: "shop")
    #expect(verdict(admin + bound + role, "secrets", in: "shop").isKnown)
  }

  /// What a cluster was asked for and does not have, it has not; what it refused, is said as that.
  @Test func aClusterSaysItselfWhatItKeeps() {
    var builder = ClusterSnapshot.Builder()
    builder.serverMinor = 36
    for object in Fixtures.snapshot(Self.local).objects { builder.add(object) }
    #expect(AccessInventory(builder.build()).absentBindings.isEmpty)
    builder.refuse(.clusterRoleBinding, reason: "forbidden")
    let refused = AccessInventory(builder.build())
    #expect(refused.absentBindings.isEmpty)
    #expect(refused.notSeen.map(\.kind) == [.clusterRoleBinding])
  }

  @Test func theFirstBindingOfAKindIsADifference() {
    func unseen(_ old: String, _ new: String) -> [GroupKind] {
      AccessDiff.notSeen(from: AccessTests.inventory(old), to: AccessTests.inventory(new)).map(\.kind)
    }
    #expect(unseen(Self.local, Self.local + Self.everywhere).isEmpty)
    #expect(unseen(Self.local, Self.local).isEmpty)
    #expect(unseen("", Self.local + Self.everywhere) == [.clusterRoleBinding])
  }
}
