import Depth
import Findings
import Kube
import TestKit
import Testing

/// What counts once and what counts twice: a control is what it works by, and where it is enforced.
struct ControlIdentityTests {
  /// On two nodes, so that the way through a node's kernel does not lead from the one to the other.
  private static let pods = """
    apiVersion: v1
    kind: Node
    metadata: {name: one}
    ---
    apiVersion: v1
    kind: Node
    metadata: {name: two}
    ---
    apiVersion: v1
    kind: Namespace
    metadata: {name: shop, labels: {istio-injection: enabled}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: shop, labels: {app: web}}
    spec: {nodeName: one, initContainers: [{name: istio-proxy, restartPolicy: Always}], automountServiceAccountToken: false, containers: [{name: c, image: i}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: db, namespace: shop, labels: {app: db}}
    spec: {nodeName: two, initContainers: [{name: istio-proxy, restartPolicy: Always}], automountServiceAccountToken: false, containers: [{name: c, image: i, ports: [{containerPort: 5432}]}]}

    """

  private static func policy(_ name: String, _ from: String) -> String {
    """
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: \(name), namespace: shop}
    spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {app: \(from)}}}]}]}

    """
  }

  private static func mesh(_ spec: String) -> String {
    """
    ---
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: {name: db, namespace: shop}
    spec: {selector: {matchLabels: {app: db}}\(spec)}

    """
  }

  private static let open = ", rules: [{to: [{operation: {ports: ['5432']}}]}]"

  /// Policies, and the mechanisms that stand between the two pods beside the application.
  static let cases: [(String, [StandingControl.Mechanism])] = [
    ("", []),
    (policy("one", "nobody"), [.ingressPolicy]),
    // Two policies that one plugin enforces at the same pods.
    (policy("one", "nobody") + policy("two", "nobody-else"), [.ingressPolicy]),
    (mesh(""), [.meshPolicy]),
    (policy("one", "nobody") + mesh(""), [.ingressPolicy, .meshPolicy]),
    // Where one of them lets it through, the other one is left.
    (policy("one", "web") + mesh(""), [.meshPolicy]),
    (policy("one", "nobody") + mesh(open), [.ingressPolicy]),
    (policy("one", "web") + mesh(open), []),
  ]

  @Test(arguments: cases) func whatStandsBetween(_ policies: String, _ mechanisms: [StandingControl.Mechanism]) throws {
    let graph = DepthClusters.graph(Self.pods + policies)
    let path = try #require(DepthClusters.path(graph, from: "pod:shop/web", to: "pod:shop/db"))
    #expect(Set(path.controls.map(\.mechanism)) == Set(mechanisms + [.application]))
    #expect(path.steps.allSatisfy { graph.holds($0.proof) })
  }

  @Test func egressOfAMeshIsNoControl() throws {
    let sidecar = """
      ---
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: {name: default, namespace: shop}
      spec: {outboundTrafficPolicy: {mode: REGISTRY_ONLY}, egress: [{hosts: ["istio-system/*"]}]}

      """
    let graph = DepthClusters.graph(Self.pods + sidecar)
    let path = try #require(DepthClusters.path(graph, from: "pod:shop/web", to: "pod:shop/db"))
    // Whoever owns a pod goes around its proxy.
    #expect(path.controls.map(\.mechanism) == [.application])
  }

  @Test func anonymousRequestsComeFromPodsToo() throws {
    let admin = """
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRoleBinding
      metadata: {name: everybody}
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
      subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: 'system:anonymous'}]

      """
    let graph = DepthClusters.graph(Self.pods + admin)
    #expect(try #require(DepthClusters.answer(graph, from: "pod:shop/web", to: "cluster-admin")).certain?.upper == 0)
    let closed = """
      ---
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: out, namespace: shop}
      spec: {podSelector: {}, policyTypes: [Egress]}

      """
    let other = DepthClusters.graph(Self.pods + admin + closed)
    #expect(try #require(DepthClusters.answer(other, from: "pod:shop/web", to: "cluster-admin")).depth?.upper == 1)
  }

  @Test func whoIsInTheNodesNetworkIsItsNeighbour() throws {
    let pod = """
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: agent, namespace: shop, labels: {app: agent}}
      spec: {hostNetwork: true, automountServiceAccountToken: false, containers: [{name: c, image: i}]}

      """
    let graph = DepthClusters.graph(Self.pods + pod)
    #expect(try #require(DepthClusters.answer(graph, from: "pod:shop/agent", to: "network")).certain?.upper == 0)
    #expect(try #require(DepthClusters.answer(graph, from: "pod:shop/web", to: "network")).depth?.upper != 0)
  }

  private static let cosign = """
    ---
    apiVersion: kyverno.io/v1
    kind: ClusterPolicy
    metadata: {name: signed}
    spec: {validationFailureAction: ACTION, rules: [{name: r, match: {any: [{resources: {kinds: [Pod]}}]}, verifyImages: [{imageReferences: ['registry.example/*']}]}]}

    """
  private static let webhook = """
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: MutatingWebhookConfiguration
    metadata: {name: kyverno-resource-mutating-webhook-cfg}

    """

  /// Image, action, whether the engine's webhook is there, namespaces have been read from an API server; possible and certain depth.
  static let signed: [(String, String, Bool, Bool, Int, Int)] = [
    ("registry.example/app:1", "Enforce", true, true, 1, 1),
    ("registry.example/app@sha256:00", "Enforce", true, true, 2, 2),
    ("elsewhere.example/app:1", "Enforce", true, true, 0, 0),
    ("registry.example/app:1", "Audit", true, true, 0, 0),
    // A policy that nobody enforces.
    ("registry.example/app:1", "Enforce", false, true, 0, 0),
    // In manifests the webhooks that the engine makes are not there.
    ("registry.example/app:1", "Enforce", false, false, 0, 1),
  ]

  @Test(arguments: signed) func signaturesStandBeforeImages(
    _ image: String, _ action: String, _ hasWebhook: Bool, _ isExport: Bool, _ possible: Int, _ certain: Int
  ) throws {
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: a\(isExport ? ", uid: u" : "")}\n---\n"
    let pod =
      "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: a}\nspec: {containers: [{name: c, image: '\(image)'}]}\n"
    let policy = Self.cosign.split(separator: "ACTION").joined(separator: action)
    let graph = DepthClusters.graph(namespace + pod + policy + (hasWebhook ? Self.webhook : ""))
    let answer = try #require(DepthClusters.answer(graph, from: "image:\(image)", to: "pod:a/p"))
    #expect(answer.depth?.upper == possible)
    #expect(answer.certain?.upper == certain)
  }
}
