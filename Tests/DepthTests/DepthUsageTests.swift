import Access
import Bytes
import Depth
import Findings
import Kube
import TestKit
import Testing

/// What an audit log shows no use of costs nothing to take away.
struct DepthUsageTests {
  /// Fractions of a second do not sort as texts do.
  @Test func aLogCoversTheTimeOfItsRecords() {
    let span = LogSpan(["2026-11-01T10:00:00Z", "2026-11-01T10:00:00.5Z", "", "2026-11-01T09:59:59.25Z"])
    #expect(span.text == "4 records from 2026-11-01T09:59:59.25Z to 2026-11-01T10:00:00.5Z")
    #expect(LogSpan(["", "yesterday"]).text == "2 records, which do not tell when")
    #expect(LogSpan([String]()).records == 0)
  }

  private static let cluster = """
    apiVersion: v1
    kind: Pod
    metadata: {name: bot, namespace: ci}
    spec: {serviceAccountName: bot, containers: [{name: c, image: i}]}
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: bot, namespace: ci}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata: {name: bot}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
    subjects: [{kind: ServiceAccount, name: bot, namespace: ci}]

    """

  private static func request(_ user: String) -> ObservedRequest {
    ObservedRequest(
      user: user, groups: [], verb: "delete",
      target: .resource(.init(group: "", resource: "nodes", subresource: "", namespace: "", name: "n")),
      time: "2026-01-01T00:00:00Z")
  }

  @Test func grantsCostWhatTheirUseIsWorth() throws {
    let graph = DepthClusters.graph(Self.cluster)
    let inventory = graph.input.inventory
    let unused = DepthUsage(inventory, [])
    let pod = try #require(graph.positions(of: .pod(namespace: "ci", name: "bot")).first)
    let cut = try #require(
      DepthCut.cheapest(graph, from: pod, to: .clusterAdmin, usage: unused) { DepthClusters.graph($0) })
    #expect(cut.cost == 0 && !cut.changes.isEmpty)
    #expect(cut.changes.allSatisfy { unused.use(of: $0) == .unused })
    let usual = try #require(DepthCut.cheapest(graph, from: pod, to: .clusterAdmin) { DepthClusters.graph($0) })
    #expect(usual.cost == usual.changes.map(\.usualCost).reduce(0, +) && usual.cost > 0)
    let used = DepthUsage(inventory, [Self.request("system:serviceaccount:ci:bot")])
    let costly = try #require(
      DepthCut.cheapest(graph, from: pod, to: .clusterAdmin, usage: used) { DepthClusters.graph($0) })
    #expect(costly.cost > usual.cost)
  }
}

/// Flows that were seen are traffic that somebody would miss.
struct ObservedFlowTests {
  private static let cluster = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {automountServiceAccountToken: false, containers: [{name: c, image: web, ports: [{containerPort: 80}]}]}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web-db, namespace: shop}
    spec:
      selector: {matchLabels: {app: db}}
      template:
        metadata: {labels: {app: db}}
        spec: {automountServiceAccountToken: false, containers: [{name: c, image: db, ports: [{containerPort: 5432}]}]}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}

    """

  private static func pod(_ name: String?, _ namespace: String = "shop") -> ObservedFlow.Pod? {
    ObservedFlow.Pod(namespace: namespace, name: name)
  }

  private static func usage(_ flows: [(String?, String)], isWhole: Bool = true) throws -> (DepthUsage, DepthGraph) {
    let graph = DepthClusters.graph(Self.cluster)
    var counts: [ObservedFlow: Int] = [:]
    for (source, target) in flows {
      counts[ObservedFlow(from: Self.pod(source), to: try #require(Self.pod(target))), default: 0] += 1
    }
    let observed = ObservedFlows(graph.input.inventory.snapshot, counts, isWhole: isWhole)
    return (DepthUsage(graph, nil, flows: observed), graph)
  }

  private static let database = Subject(group: "apps", kind: "Deployment", namespace: "shop", name: "web-db")
  private static let service = Subject(kind: "Service", namespace: "shop", name: "web")

  @Test func whatIsUsedCostsMoreAndIsNamed() throws {
    let (usage, _) = try Self.usage([("web-7f-1", "web-db-5d-2"), ("web-7f-1", "web-db-5d-2"), (nil, "web-7f-*")])
    let isolate = DepthChange.isolate(workload: Self.database)
    #expect(usage.use(of: isolate) == .used)
    #expect(usage.cost(of: isolate) == isolate.usualCost + 10)
    let broken = usage.broken(by: isolate)
    #expect(broken.count == 1 && broken[0].records == 2)
    #expect(broken.first?.source.text == "shop/Deployment/web")
    #expect(usage.use(of: .closeEntry(Self.service)) == .used)
    #expect(usage.broken(by: .closeEntry(Self.service)).first?.source == .outside)
  }

  @Test func whatNobodyUsesCostsNothing() throws {
    let (usage, graph) = try Self.usage([("web-7f-1", "web-7f-2")])
    #expect(usage.use(of: .isolate(workload: Self.database)) == .unused)
    #expect(usage.use(of: .closeEntry(Self.service)) == .unused)
    let start = try #require(graph.positions(of: .internet).first)
    let goal = try #require(graph.positions(of: .pod(namespace: "shop", name: "web")).first)
    let cut = try #require(
      DepthCut.cheapest(graph, from: start, to: goal, usage: usage) { DepthClusters.graph($0) })
    #expect(cut.changes == [.closeEntry(Self.service)] && cut.cost == 0)
    // Audit logs were not given: of tokens and grants nothing is known.
    #expect(usage.use(of: .withholdToken(workload: Self.database)) == .unknown)
  }

  /// A part of a log, a route behind a controller, what no log tells of: not known, which is not unused.
  @Test func whatIsNotToldIsUnknown() throws {
    let (part, _) = try Self.usage([("web-7f-1", "web-7f-2")], isWhole: false)
    #expect(part.use(of: .isolate(workload: Self.database)) == .unknown)
    let none = DepthUsage(DepthClusters.graph(Self.cluster), [], flows: nil)
    #expect(none.use(of: .isolate(workload: Self.database)) == .unknown)
    #expect(Self.pod("-") == nil && Self.pod(nil) == nil && Self.pod("a", "-") == nil)
  }
}
