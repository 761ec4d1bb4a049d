import Access
import Findings
import Kube
import TestKit
import Testing

/// What every cluster has and manifests do not carry.
@Suite struct BootstrapPolicyTests {
  @Test(arguments: [
    ("system:auth-delegator", "create", "subjectaccessreviews", "authorization.k8s.io"),
    ("system:kubelet-api-admin", "get", "nodes/proxy", ""),
    ("system:controller:clusterrole-aggregation-controller", "escalate", "clusterroles", "rbac.authorization.k8s.io"),
    ("system:aggregate-to-edit", "create", "pods", ""), ("edit", "create", "pods", ""), ("admin", "get", "secrets", ""),
    ("admin", "create", "rolebindings", "rbac.authorization.k8s.io"), ("view", "get", "pods", ""),
  ])
  func rolesOfEachClusterGrantWhatTheyDo(_ role: String, _ verb: String, _ resource: String, _ group: String) {
    let inventory = AccessTests.inventory(AccessTests.bind(role, to: "[{kind: User, name: kim}]"))
    #expect(AccessTests.can(inventory, "kim", verb, resource, group: group))
    #expect(UnusedAccess.emptyBindings(inventory).isEmpty)
  }

  @Test func aRoleOfANamespaceIsThereInItsNamespaceAlone() {
    let role = "extension-apiserver-authentication-reader"
    func reason(_ namespace: String) -> [String] {
      UnusedAccess.emptyBindings(
        AccessTests.inventory(
          "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b, namespace: \(namespace)}\nroleRef: {kind: Role, name: \(role)}\nsubjects: [{kind: User, name: kim}]\n"
        )
      ).map(\.reason)
    }
    #expect(reason("kube-system").isEmpty)
    #expect(reason("shop") == ["the Role \"\(role)\" is not in the input"])
  }

  @Test(arguments: ["view", "edit", "admin"])
  func aLabelledRoleWidensTheBuiltInOnes(_ role: String) {
    let inventory = AccessTests.inventory(
      AccessTests.role(
        "ClusterRole", "sneaky", "[{apiGroups: [''], resources: [secrets], verbs: [get]}]",
        extra: ", labels: {rbac.authorization.k8s.io/aggregate-to-view: 'true'}")
        + AccessTests.bind(role, to: "[{kind: User, name: kim}]", namespace: "shop"))
    #expect(AccessTests.can(inventory, "kim", "get", "secrets", "shop"))
    #expect(!AccessTests.can(inventory, "kim", "get", "secrets", "other"))
  }

  @Test func everybodyMayDiscoverTheServer() {
    let inventory = AccessTests.inventory(AccessTests.bind("view", to: "[{kind: User, name: kim}]", namespace: "n"))
    let authorizer = Authorizer(inventory)
    func may(_ path: String, _ user: String) -> Bool {
      authorizer.decide(AccessRequest(identity: Identity(user: user), verb: "get", target: .path(path))).isAllowed
    }
    #expect(may("/version", "system:anonymous") && may("/api", "sam") && !may("/metrics", "sam"))
    #expect(inventory.allSubjects == [.user("kim")])
  }

  /// The server's version decides whose roles stand in, and is named where they are another's.
  @Test(arguments: [(19, true, "1.20"), (20, true, nil), (21, true, "1.20"), (22, false, "1.36"), (36, false, nil)])
  func rolesAreThoseOfTheServersRelease(_ minor: Int, _ writesEndpoints: Bool, _ named: String?) {
    let inventory = AccessTests.inventory(
      "apiVersion: bartizan.dev/v1\nkind: ClusterSnapshot\nsource: s\nserverVersion: \"1.\(minor)\"\n---\n"
        + AccessTests.bind("edit", to: "[{kind: User, name: kim}]", namespace: "shop"))
    #expect(inventory.snapshot.serverMinor == minor)
    #expect(AccessTests.can(inventory, "kim", "create", "endpoints", "shop") == writesEndpoints)
    #expect(AccessTests.can(inventory, "kim", "create", "pods", "shop"))
    let remark = inventory.problems.first { $0.code == "bootstrap-roles" }
    #expect((remark != nil) == (named != nil) && remark?.message.contains(named ?? "") ?? true)
  }

  @Test func aDumpOfAClusterIsTakenAsItIs() {
    let inventory = AccessTests.inventory(
      AccessTests.role(
        "ClusterRole", "cluster-admin", "[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]",
        extra: ", labels: {kubernetes.io/bootstrapping: rbac-defaults}")
        + AccessTests.bind("view", to: "[{kind: User, name: kim}]"))
    #expect(inventory.hasAllRoles && inventory.roles.filter { $0.namespace == nil }.map(\.name) == ["cluster-admin"])
    // Those of namespaces were left out of it, and every cluster has some.
    #expect(
      inventory.roles.contains { $0.namespace == "kube-system" && $0.name == "system:controller:bootstrap-signer" })
    #expect(UnusedAccess.emptyBindings(inventory).map(\.reason) == ["the ClusterRole \"view\" does not exist"])
    let verdict = Authorizer(inventory).decide(
      AccessRequest(identity: Identity(user: "kim"), verb: "get", target: .resource(.init(group: "", resource: "pods")))
    )
    #expect(verdict.isKnown && !verdict.isAllowed)
  }

  @Test func aRoleThatTheInputLacksMakesNoNo() {
    let inventory = AccessTests.inventory(AccessTests.bind("vendor", to: "[{kind: User, name: kim}]"))
    func known(_ user: String) -> Bool {
      Authorizer(inventory).decide(
        AccessRequest(
          identity: Identity(user: user), verb: "get", target: .resource(.init(group: "", resource: "pods")))
      ).isKnown
    }
    #expect(!known("kim") && known("sam"))
  }

  @Test func whatWasRefusedMakesNoNo() {
    var builder = ClusterSnapshot.Builder()
    builder.refuse(.roleBinding, reason: "forbidden")
    let authorizer = Authorizer(AccessInventory(builder.build()))
    func verdict(_ namespace: String) -> Authorizer.Verdict {
      authorizer.decide(
        AccessRequest(
          identity: Identity(user: "kim"), verb: "get",
          target: .resource(.init(group: "", resource: "secrets", namespace: namespace))))
    }
    #expect(!verdict("n").isKnown && verdict("").isKnown)
  }

  // MARK: Shipped grants

  @Test(arguments: [
    ("cluster-admin", "cluster-admin", "{kind: Group, name: 'system:masters'}", true),
    ("cluster-admin", "cluster-admin", "{kind: User, name: eve}", false),
    ("mine", "cluster-admin", "{kind: Group, name: 'system:masters'}", false),
    ("nodes", "cluster-admin", "{kind: Group, name: 'system:nodes'}", false),
    ("helper", "cluster-admin", "{kind: ServiceAccount, name: helper, namespace: kube-system}", false),
    ("system:kube-scheduler", "system:kube-scheduler", "{kind: User, name: 'system:kube-scheduler'}", true),
    ("system:kube-scheduler", "cluster-admin", "{kind: User, name: 'system:kube-scheduler'}", false),
    ("kubeadm:cluster-admins", "cluster-admin", "{kind: Group, name: 'kubeadm:cluster-admins'}", true),
    ("kubeadm:cluster-admins", "cluster-admin", "{kind: Group, name: devs}", false),
  ])
  func onlyWhatAClusterBringsIsShipped(_ name: String, _ role: String, _ subject: String, _ expected: Bool) {
    let inventory = AccessTests.inventory(AccessTests.bind(role, to: "[\(subject)]", name: name))
    let binding = inventory.bindings[0]
    #expect((inventory.shipper(of: binding.subjects[0], binding: 0) != nil) == expected)
    #expect(inventory.holdsOnlyShipped(binding.subjects[0]) == expected)
  }

  @Test func aLabelAloneShipsNothing() {
    let inventory = AccessTests.inventory(
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: 'system:eve', labels: {kubernetes.io/bootstrapping: rbac-defaults}}\nroleRef: {kind: ClusterRole, name: cluster-admin}\nsubjects: [{kind: User, name: 'system:eve'}]\n"
    )
    #expect(inventory.shipper(of: .user("system:eve"), binding: 0) == nil)
  }

  // MARK: Identities

  @Test func anAccountIsOneIdentityHoweverItIsSpelt() {
    let asUser = AccessTests.inventory(
      AccessTests.bind("view", to: "[{kind: User, name: 'system:serviceaccount:kiosk:web'}]"))
    let asAccount = AccessTests.inventory(
      AccessTests.bind("view", to: "[{kind: ServiceAccount, name: web, namespace: kiosk}]"))
    #expect(asUser.allSubjects == [.serviceAccount(namespace: "kiosk", name: "web")])
    #expect(AccessDiff.changes(from: asUser, to: asAccount).isEmpty)
    let authorizer = Authorizer(asUser)
    let verdict = authorizer.decide(
      AccessRequest(
        identity: Identity(user: "system:serviceaccount:kiosk:web"), verb: "get",
        target: .resource(.init(group: "", resource: "pods"))))
    #expect(authorizer.reason(verdict).hasSuffix("to User \"system:serviceaccount:kiosk:web\""))
  }

  @Test func groupsThatTheInputTellsCount() {
    let inventory = AccessTests.inventory(
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: aws-auth, namespace: kube-system}
      data:
        mapUsers: |
          - userarn: arn:aws:iam::1:user/kim
            username: kim
            groups: [deployers]
      ---
      apiVersion: user.openshift.io/v1
      kind: Group
      metadata: {name: deployers}
      users: [sam]
      ---

      """ + AccessTests.bind("view", to: "[{kind: Group, name: deployers}]"))
    for user in ["kim", "sam"] {
      let request = AccessRequest(
        identity: inventory.identity(of: .user(user)), verb: "get",
        target: .resource(.init(group: "", resource: "pods")))
      #expect(Authorizer(inventory).decide(request).isAllowed)
    }
    #expect(inventory.memberships.user(of: "arn:aws:iam::1:user/kim") == "kim")
    #expect(inventory.memberships.members["deployers"]?.map(\.text) == ["kim (arn:aws:iam::1:user/kim)", "sam"])
  }
}
