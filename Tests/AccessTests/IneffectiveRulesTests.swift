import Access
import Kube
import TestKit
import Testing

/// Rules that allow nothing.
@Suite struct IneffectiveRulesTests {
  /// - Parameter kind: `Role` is in a namespace, `ClusterRole` is bound everywhere, `local` is a ClusterRole bound in a namespace.
  private func found(_ rules: String, _ kind: String = "ClusterRole") -> [String] {
    let isLocal = kind == "local"
    let role =
      kind == "Role"
      ? AccessTests.role("Role", "r-x", rules, namespace: "shop") : AccessTests.role("ClusterRole", "x", rules)
    let bind = AccessTests.bind(
      kind == "Role" ? "r-x" : "x", to: "[{kind: User, name: kim}]",
      namespace: kind == "Role" || isLocal ? "shop" : nil)
    return IneffectiveRules.all(AccessTests.inventory(role + bind + UnknownRoleTests.bothKinds)).map(\.part.text)
  }

  @Test(arguments: [
    ("[{apiGroups: [''], resources: [deployments, pods], verbs: [get]}]", ["get deployments (core)"]),
    ("[{apiGroups: ['', apps], resources: [deployments, pods], verbs: [get]}]", []),
    ("[{apiGroups: [apps/v1], resources: [deployments], verbs: [get]}]", ["get deployments (apps/v1)"]),
    ("[{apiGroups: [core, v1], resources: [pods], verbs: [get]}]", ["get pods (core,v1)"]),
    ("[{apiGroups: [], resources: [pods], verbs: [get]}]", ["get pods ()"]),
    ("[{apiGroups: [''], resources: [Pods, pod], verbs: [get]}]", ["get Pods (core)", "get pod (core)"]),
    ("[{apiGroups: [''], resources: ['pods/*'], verbs: ['*']}]", ["* pods/* (core)"]),
    ("[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]", []),
    ("[{apiGroups: [''], resources: [pods], verbs: [exec, get]}]", ["exec pods (core)"]),
    ("[{apiGroups: [''], resources: [pods/exec], verbs: [list]}]", ["list pods/exec (core)"]),
    ("[{apiGroups: [''], resources: [pods, pods/log], verbs: [get, list]}]", []),
    ("[{apiGroups: [''], resources: [pods/logs], verbs: [get]}]", ["get pods/logs (core)"]),
    (
      "[{apiGroups: [''], resources: [configmaps], resourceNames: [a], verbs: [create, get, deletecollection]}]",
      ["create configmaps (core) named a", "deletecollection configmaps (core) named a"]
    ),
    // By apply, an object is made under its name.
    ("[{apiGroups: [''], resources: [configmaps], resourceNames: [a], verbs: [create, patch]}]", []),
    ("[{apiGroups: [''], resources: [pods/exec], resourceNames: [a], verbs: [create]}]", []),
    (
      "[{apiGroups: [''], resources: [secrets], resourceNames: [''], verbs: [get, list]}]",
      [#"get secrets (core) named """#]
    ),
    ("[{apiGroups: [''], resources: [secrets], resourceNames: [a], verbs: [list, watch]}]", []),
    ("[{apiGroups: [apps], resources: [deployments/finalizers], verbs: [update]}]", []),
    ("[{apiGroups: [x.example.com], resources: [widgets/cut], verbs: [fly]}]", []),
    ("[{apiGroups: [''], resources: [users, groups, serviceaccounts], verbs: [impersonate]}]", []),
    ("[{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind, escalate]}]", []),
    ("[{apiGroups: [certificates.k8s.io], resources: [signers], resourceNames: [a/b], verbs: [approve, sign]}]", []),
    ("[{apiGroups: [policy], resources: [podsecuritypolicies], resourceNames: [p], verbs: [use]}]", []),
    ("[{apiGroups: [authentication.k8s.io], resources: [userextras/scopes], verbs: [impersonate]}]", []),
    ("[{apiGroups: [''], resources: [nodes/metrics, nodes/proxy], verbs: [get]}]", []),
    (
      "[{apiGroups: [authentication.k8s.io], resources: [tokenreviews], verbs: [get]}]",
      ["get tokenreviews (authentication.k8s.io)"]
    ),
    ("[{nonResourceURLs: [/metrics, healthz, '*'], verbs: [get]}]", ["get healthz"]),
  ])
  func whatNoRequestFitsIsTold(_ rules: String, _ parts: [String]) {
    #expect(found(rules) == parts)
  }

  @Test func whatIsInNoNamespaceIsNotGrantedInOne() {
    let nodes = "[{apiGroups: [''], resources: [nodes, pods, namespaces], verbs: [get]}]"
    #expect(found(nodes).isEmpty)
    #expect(found(nodes, "Role") == ["get nodes (core)"])
    #expect(found(nodes, "local") == ["get nodes (core)"])
    let paths = "[{nonResourceURLs: [/metrics], verbs: [get]}]"
    #expect(found(paths).isEmpty)
    #expect(found(paths, "local") == ["get /metrics"])
  }

  /// Another binding may be there.
  @Test func whatIsBoundElsewhereIsNotKnown() {
    let yaml =
      AccessTests.role("ClusterRole", "x", "[{apiGroups: [''], resources: [nodes], verbs: [get]}]")
      + AccessTests.bind("x", to: "[{kind: User, name: kim}]", namespace: "shop")
    #expect(IneffectiveRules.all(AccessTests.inventory(yaml)).isEmpty)
  }
}
