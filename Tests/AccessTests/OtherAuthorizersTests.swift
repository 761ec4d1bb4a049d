import Access
import Kube
import TestKit
import Testing

/// RBAC is not all that an API server asks.
@Suite struct OtherAuthorizersTests {
  private static func server(_ flags: String) -> String {
    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver-n1, namespace: kube-system}\nspec: {containers: [{name: kube-apiserver, image: x, command: [kube-apiserver, \(flags)]}]}\n---\n"
  }

  private func verdict(
    _ user: String, _ verb: String, _ resource: String, _ namespace: String = "", name: String = "",
    group: String = "", flags: String? = nil
  ) -> Authorizer.Verdict {
    let inventory = AccessTests.inventory(UnknownRoleTests.bothKinds + (flags.map(Self.server) ?? ""))
    return Authorizer(inventory).decide(
      AccessRequest(
        identity: AccessSubject(argument: user).identity, verb: verb,
        target: .resource(.init(group: group, resource: resource, namespace: namespace, name: name))))
  }

  @Test func theNodeAuthorizerMayAllowWhatRBACDoesNot() {
    #expect(!verdict("system:node:n1", "get", "secrets", "shop", name: "db").isKnown)
    #expect(!verdict("group:system:nodes", "get", "secrets", "shop").isKnown)
    #expect(!verdict("system:node:n1", "update", "nodes").isKnown)
    // What no rule of nodes says is refused.
    #expect(verdict("system:node:n1", "delete", "namespaces", name: "shop").isKnown)
    #expect(verdict("system:node:n1", "list", "deployments", "shop", group: "apps").isKnown)
    #expect(verdict("kim", "get", "secrets", "shop").isKnown)
    // The server asks it only where it is told to.
    #expect(verdict("system:node:n1", "get", "secrets", "shop", flags: "--authorization-mode=RBAC").isKnown)
    #expect(!verdict("system:node:n1", "get", "secrets", "shop", flags: "--authorization-mode=Node,RBAC").isKnown)
  }

  @Test(arguments: [
    ("--authorization-mode=Node,RBAC", true), ("'--authorization-mode=Node,RBAC,Webhook'", false),
    ("--authorization-mode, 'ABAC,RBAC'", false), ("--authorization-mode=AlwaysAllow", false),
    ("--authorization-config=/etc/kubernetes/authorizers.yaml", false), ("--secure-port=6443", true),
  ])
  func anotherAuthorizerMayAllowAnything(_ flags: String, _ isKnown: Bool) {
    // In a flow list a comma would end the word.
    let words = flags.contains("'") ? flags : "'\(flags)'"
    #expect(verdict("kim", "get", "secrets", "shop", flags: words).isKnown == isKnown)
    let inventory = AccessTests.inventory(UnknownRoleTests.bothKinds + Self.server(words))
    #expect(inventory.notSeen.isEmpty == isKnown)
  }

  /// What others make bindings of is no binding yet; in a copy of a cluster the bindings are there.
  @Test func controllersThatMakeBindingsMayAllowAnything() {
    let definition =
      "apiVersion: rbacmanager.reactiveops.io/v1beta1\nkind: RBACDefinition\nmetadata: {name: d}\n---\n"
      + UnknownRoleTests.bothKinds
    let inventory = AccessTests.inventory(definition)
    #expect(inventory.notSeen.map(\.kind) == [.clusterRoleBinding])
    let copy = AccessTests.inventory(
      definition
        + AccessTests.role(
          "ClusterRole", "cluster-admin", "[]", extra: ", labels: {kubernetes.io/bootstrapping: rbac-defaults}"))
    #expect(copy.notSeen.isEmpty)
  }

  @Test func whoCanNamesKubelets() {
    let inventory = AccessTests.inventory(UnknownRoleTests.bothKinds)
    func kubelets(_ verb: String, _ resource: String) -> Bool {
      WhoCan.builtInSubjects(verb: verb, target: .resource(.init(group: "", resource: resource)), inventory)
        .contains(.kubelets)
    }
    #expect(kubelets("get", "secrets") && kubelets("create", "pods"))
    #expect(!kubelets("delete", "secrets") && !kubelets("get", "resourcequotas"))
  }
}
