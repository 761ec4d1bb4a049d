import Access
import Depth
import Kube
import Operations
import TestKit
import Testing

/// A graph whose parts are found at the same time, before a change and after it, is the one that is made step by step.
@Suite struct ConcurrentGraphTests {
  private static let cluster = """
    apiVersion: v1
    kind: Namespace
    metadata: {name: shop}
    ---
    apiVersion: v1
    kind: Node
    metadata: {name: n0}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {serviceAccountName: web, containers: [{name: c, image: "web:1", ports: [{containerPort: 80}]}]}
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: db, namespace: shop}
    spec:
      selector: {matchLabels: {app: db}}
      template:
        metadata: {labels: {app: db}}
        spec: {containers: [{name: c, image: "postgres:1", ports: [{containerPort: 5432}], envFrom: [{secretRef: {name: db}}]}]}
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: db, namespace: shop}
    spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec: {selector: {app: web}, ports: [{port: 80}]}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata: {name: devs, namespace: shop}
    roleRef: {kind: ClusterRole, name: edit}
    subjects: [{kind: Group, name: devs}]
    """

  private static let changes = [
    "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}}",
    "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: db, namespace: shop}, spec: {podSelector: {}, policyTypes: [Ingress]}}",
    "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b}, roleRef: {kind: ClusterRole, name: cluster-admin}, subjects: [{kind: ServiceAccount, name: web, namespace: shop}]}",
    "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: restricted}}}",
    "{apiVersion: v1, kind: Pod, metadata: {name: new, namespace: shop}, spec: {nodeName: n0, hostPID: true, containers: [{name: c, image: x, securityContext: {privileged: true}}]}}",
    "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web, namespace: shop}, spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}}",
  ]

  private static func answers(_ graph: DepthGraph) -> [String: DepthField.Answer] {
    let solver = graph.solver()
    var found: [String: DepthField.Answer] = [:]
    for start in graph.positions where !start.isTransit {
      guard let field = graph.field(from: start, solver) else { continue }
      for goal in graph.positions where !goal.isTransit {
        found["\(start.text) \(goal.text)"] = graph.answer(field, goal)
      }
    }
    return found
  }

  @Test(arguments: changes) func theGraphsAreThoseThatAreMadeOneByOne(_ change: String) async {
    let operation = DepthOperation(reach: ReachOperation(profile: nil, plugin: nil))
    let before = Fixtures.snapshot(Self.cluster)
    let applied = Fixtures.snapshot(change)
    let graphs = await operation.graphs(before: before, applying: applied)
    #expect(Self.answers(graphs.before) == Self.answers(operation.graph(of: before)))
    #expect(Self.answers(graphs.after) == Self.answers(operation.graph(of: before.applying(applied))))
    // Something is other than before, so that keeping all of it would not do.
    #expect(Self.answers(graphs.after) != Self.answers(graphs.before))
    #expect(await Self.answers(operation.concurrentGraph(of: before)) == Self.answers(graphs.before))
  }
}
