import Access
import Kube
import TestKit
import Testing

/// A role that bindings name and that the input does not hold may grant anything; in a whole cluster it does not exist.
@Suite struct UnknownRoleTests {
  private static let bindings =
    AccessTests.bind("vendor", to: "[{kind: User, name: kim}]")
    + AccessTests.bind("r-vendor", to: "[{kind: Group, name: devs}]", namespace: "shop")
    + AccessTests.bind("view", to: "[{kind: User, name: jo}]", namespace: "shop", name: "jo")

  private static let whole = AccessTests.role(
    "ClusterRole", "cluster-admin", "[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]",
    extra: ", labels: {kubernetes.io/bootstrapping: rbac-defaults}")

  @Test func itIsSaidOfThoseWhoHoldIt() {
    let inventory = AccessTests.inventory(Self.bindings)
    #expect(inventory.notSeen.map(\.kind) == [.clusterRole, .role])
    #expect(inventory.notSeen.last?.reason.contains("shop/r-vendor") ?? false)
    func unknown(_ subject: AccessSubject) -> [GroupKind] {
      inventory.notSeen(by: inventory.bindings(for: subject.identity)).map(\.kind)
    }
    #expect(unknown(.user("kim")) == [.clusterRole])
    #expect(unknown(.group("devs")) == [.role])
    #expect(unknown(.user("jo")).isEmpty)
  }

  @Test func inAWholeClusterItDoesNotExist() {
    let inventory = AccessTests.inventory(Self.bindings + Self.whole)
    #expect(inventory.notSeen.isEmpty)
    #expect(inventory.givenBindings.allSatisfy { inventory.unknownGrant(binding: $0) == nil })
  }

  /// A ClusterRoleBinding never reaches a Role.
  @Test func aRoleBoundEverywhereGrantsNothingAnywhere() {
    let yaml =
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\nroleRef: {kind: Role, name: r}\nsubjects: [{kind: User, name: kim}]\n"
    #expect(AccessTests.inventory(yaml).notSeen.isEmpty)
  }

  @Test func aDifferenceCountsWhereTheGrantsDiffer() {
    let vendor = AccessTests.bind("vendor", to: "[{kind: User, name: kim}]")
    let other = AccessTests.bind("vendor", to: "[{kind: User, name: jo}]", name: "other")
    func unseen(_ old: String, _ new: String) -> [GroupKind] {
      AccessDiff.notSeen(from: AccessTests.inventory(old), to: AccessTests.inventory(new)).map(\.kind)
    }
    #expect(unseen(vendor, vendor).isEmpty)
    #expect(unseen(vendor, vendor + other) == [.clusterRole])
    #expect(unseen(vendor + other, vendor) == [.clusterRole])
    #expect(unseen(vendor, vendor + Self.whole) == [.clusterRole])
  }

  /// Aggregation into the roles that every cluster has.
  @Test(arguments: [
    ("view", "[secrets]", "", ["view"]), ("edit", "[secrets]", "", []), ("admin", "[pods]", "", []),
    ("view", "[widgets]", "shop.example.com", []), ("view", "[pods/exec]", "", ["view"]),
  ])
  func aRoleThatWidensABuiltInOneIsTold(_ label: String, _ resources: String, _ group: String, _ widened: [String])
    throws
  {
    let yaml = AccessTests.role(
      "ClusterRole", "add-on", "[{apiGroups: ['\(group)'], resources: \(resources), verbs: [get, list, create]}]",
      extra: ", labels: {rbac.authorization.k8s.io/aggregate-to-\(label): 'true'}")
    let object = try #require(Fixtures.snapshot(yaml).objects(.clusterRole).first)
    #expect(BuiltInRoleWidening(object)?.roles ?? [] == widened)
  }
}
