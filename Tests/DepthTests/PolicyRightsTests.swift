import Access
import Depth
import Findings
import Kube
import TestKit
import Testing

/// Whoever may change the policies in his way has one control less before him.
@Suite struct PolicyRightsTests {
  static func pod(_ name: String, _ namespace: String, account: String? = nil) -> String {
    "apiVersion: v1\nkind: Pod\nmetadata: {name: \(name), namespace: \(namespace), labels: {app: \(name)}}\nspec: {nodeName: n-\(name), \(account.map { "serviceAccountName: " + $0 } ?? "automountServiceAccountToken: false"), containers: [{name: c, image: i, ports: [{containerPort: 80}]}]}\n---\n"
  }

  static func policy(
    _ namespace: String, _ types: String, name: String = "none", kind: String = "networking.k8s.io/v1 NetworkPolicy"
  ) -> String {
    let words = kind.split(separator: " ")
    return
      "apiVersion: \(words[0])\nkind: \(words[1])\nmetadata: {name: \(name), namespace: \(namespace)}\nspec: {podSelector: {}, policyTypes: [\(types)]}\n---\n"
  }

  static func rule(
    _ verbs: String, _ group: String = "networking.k8s.io", _ resource: String = "networkpolicies", names: String = ""
  )
    -> String
  {
    "[{apiGroups: [\(group)], resources: [\(resource)], verbs: [\(verbs)]\(names.isEmpty ? "" : ", resourceNames: [\(names)]")}]"
  }

  static let account = "[{kind: ServiceAccount, name: web, namespace: shop}]"
  /// None of the nodes is of the control plane.
  static let nodes = ["web", "db"].map { "apiVersion: v1\nkind: Node\nmetadata: {name: n-\($0)}\n---\n" }.joined()
  static let pods = nodes + pod("web", "shop", account: "web") + pod("db", "bank")

  /// Cluster in which the account of `web` in shop holds a right in bank, whose pods a policy isolates.
  static func cluster(_ rules: String, in namespace: String = "bank", _ more: String = "") -> String {
    pods + policy("bank", "Ingress") + RBACText.role("Role", "r-p", rules, namespace: namespace)
      + RBACText.bind("r-p", to: account, namespace: namespace) + more
  }

  private static func answer(_ yaml: String, _ from: String = "pod:shop/web", _ to: String = "pod:bank/db")
    -> DepthField.Answer?
  { DepthClusters.answer(DepthClusters.graph(yaml, names: [from]), from: from, to: to) }

  @Test(arguments: ["delete", "deletecollection", "update", "patch", "create"])
  func theAccountOfThePodOpensWhatItMayChange(_ verb: String) throws {
    let graph = DepthClusters.graph(Self.cluster(Self.rule(verb)))
    let path = try #require(DepthClusters.path(graph, from: "pod:shop/web", to: "pod:bank/db"))
    #expect(path.depth == 1 && path.isCertain && path.controls.map(\.mechanism) == [.application])
    #expect(path.steps.map(\.technique.id) == ["remove-network-policies"])
    #expect(verb == "deletecollection" || path.steps.allSatisfy { graph.holds($0.proof) })
  }

  @Test func otherRightsOpenNothing() {
    #expect(Self.answer(Self.cluster(Self.rule("get, list")))?.depth?.upper == 2)
    #expect(Self.answer(Self.cluster(Self.rule("delete"), in: "shop"))?.depth?.upper == 2)
    #expect(Self.answer(Self.cluster(Self.rule("delete", "cilium.io", "ciliumnetworkpolicies")))?.depth?.upper == 2)
    #expect(Self.answer(Self.cluster(Self.rule("delete", names: "other")))?.depth?.upper == 2)
  }

  @Test func rightsByNameCountForThePoliciesOfTheName() {
    let whole = Self.answer(Self.cluster(Self.rule("delete", names: "none")))
    #expect(whole?.depth?.upper == 1 && whole?.certain?.upper == 1)
    // Another policy may stand in the way still.
    let part = Self.answer(
      Self.cluster(Self.rule("delete", names: "none"), Self.policy("bank", "Ingress", name: "more")))
    #expect(part?.depth?.upper == 1 && part?.certain?.upper == 2)
    // One that is changed lets everything in, whatever the others say.
    let open = Self.answer(
      Self.cluster(Self.rule("patch", names: "none"), Self.policy("bank", "Ingress", name: "more")))
    #expect(open?.certain?.upper == 1)
  }

  @Test func whatThePodItselfMaySendFallsWithItsOwnPolicies() throws {
    let out = Self.pods + Self.policy("shop", "Egress")
    #expect(Self.answer(out)?.depth?.upper == 2)
    let graph = DepthClusters.graph(
      out + RBACText.role("Role", "r-p", Self.rule("delete"), namespace: "shop")
        + RBACText.bind("r-p", to: Self.account, namespace: "shop"))
    let path = try #require(DepthClusters.path(graph, from: "pod:shop/web", to: "pod:bank/db"))
    #expect(path.depth == 1 && path.isCertain && path.steps.allSatisfy { graph.holds($0.proof) })
    // The right to the policies of the other side is none to its own.
    #expect(Self.answer(Self.cluster(Self.rule("delete"), Self.policy("shop", "Egress")))?.certain?.upper == 2)
  }

  @Test func whoIsInNoPodHasToReachOne() {
    let kim =
      Self.pods + Self.policy("bank", "Ingress") + RBACText.role("ClusterRole", "p", Self.rule("delete"))
      + RBACText.bind("p", to: "[{kind: User, name: kim}]")
    let answer = Self.answer(kim, "subject:user:kim")
    #expect(answer?.depth?.upper == 1 && answer?.certain == nil)
  }

  @Test func ofTwoWhoGuardOneIsLeft() {
    let mesh =
      "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: deny, namespace: bank}\nspec: {}\n---\n"
    #expect(Self.answer(Self.cluster(Self.rule("get"), mesh))?.depth?.upper == 3)
    #expect(Self.answer(Self.cluster(Self.rule("delete"), mesh))?.depth?.upper == 2)
    let both =
      "[{apiGroups: [networking.k8s.io, security.istio.io], resources: [networkpolicies, authorizationpolicies], verbs: [delete]}]"
    #expect(Self.answer(Self.cluster(both, mesh))?.depth?.upper == 1)
  }

  @Test func theCutTakesTheRightAway() throws {
    let graph = DepthClusters.graph(Self.cluster(Self.rule("delete")))
    let start = try #require(graph.positions(of: .pod(namespace: "shop", name: "web")).first)
    let goal = try #require(graph.positions(of: .pod(namespace: "bank", name: "db")).first)
    let cut = try #require(DepthCut.cheapest(graph, from: start, to: goal) { DepthClusters.graph($0) })
    #expect(cut.changes.map(\.text) == ["withhold the account's token from shop/Pod/web"])
  }
}
