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

  /// A binding of each kind that grants nobody anything that matters here: an input without a kind knows nothing of it.
  static let bothKinds =
    AccessTests.bind("view", to: "[{kind: User, name: nobody}]", name: "everywhere")
    + AccessTests.bind("view", to: "[{kind: User, name: nobody}]", namespace: "elsewhere", name: "there")

  private static let whole =
    AccessTests.role("Role", "some", "[]", namespace: "shop")
    + AccessTests.role(
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
    #expect(AccessTests.inventory(yaml + "---\n" + Self.bothKinds).notSeen.isEmpty)
  }

  /// Of two definitions of one name the last is judged, as `kubectl apply` of the folder leaves it; which one the cluster has
  /// is not known.
  @Test func aRoleThatIsWrittenTwiceIsNotKnown() {
    let secrets = "[{apiGroups: [''], resources: [secrets], verbs: [get]}]"
    let pods = "[{apiGroups: [''], resources: [pods], verbs: [get]}]"
    let bind = AccessTests.bind("reader", to: "[{kind: User, name: kim}]") + Self.bothKinds
    let twice = AccessTests.inventory(
      AccessTests.role("ClusterRole", "reader", secrets) + AccessTests.role("ClusterRole", "reader", pods) + bind)
    func verdict(_ resource: String, _ user: String, _ inventory: AccessInventory) -> Authorizer.Verdict {
      Authorizer(inventory).decide(
        AccessRequest(
          identity: Identity(user: user), verb: "get",
          target: .resource(.init(group: "", resource: resource, subresource: "", namespace: "shop", name: ""))))
    }
    #expect(verdict("pods", "kim", twice).isAllowed)
    #expect(!verdict("secrets", "kim", twice).isKnown)
    #expect(verdict("configmaps", "kim", twice).isKnown)
    #expect(verdict("secrets", "jo", twice).isKnown)
    #expect(twice.notSeen.map(\.kind) == [.clusterRole])
    let same = AccessTests.inventory(
      AccessTests.role("ClusterRole", "reader", pods) + AccessTests.role("ClusterRole", "reader", pods) + bind)
    #expect(same.notSeen.isEmpty && verdict("secrets", "kim", same).isKnown)
  }

  @Test func filesWithoutRolesAndBindingsSayNothingOfRights() {
    let inventory = AccessTests.inventory("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}\n")
    let request = AccessRequest(
      identity: Identity(user: "kim"), verb: "get",
      target: .resource(.init(group: "", resource: "secrets", subresource: "", namespace: "shop", name: "")))
    #expect(!Authorizer(inventory).decide(request).isKnown)
    #expect(inventory.notSeen.map(\.kind) == [.clusterRoleBinding])
    // Nor do two of them differ in it.
    #expect(AccessDiff.notSeen(from: inventory, to: inventory).isEmpty)
  }

  /// A ClusterRoleBinding to a Role is refused by the server, whatever the Role is.
  @Test func aRoleBoundEverywhereIsNotUnknown() {
    let yaml =
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\nroleRef: {kind: Role, name: r}\nsubjects: [{kind: User, name: kim}]\n---\n"
    let verdict = Authorizer(AccessTests.inventory(yaml + Self.bothKinds)).decide(
      AccessRequest(
        identity: Identity(user: "kim"), verb: "get",
        target: .resource(.init(group: "", resource: "secrets", namespace: "shop"))))
    #expect(verdict.isKnown && !verdict.isAllowed)
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
