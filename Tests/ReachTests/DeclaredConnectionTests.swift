import Bytes
import Findings
import Kube
import Reach
import TestKit
import Testing

/// Connections that manifests name in ways of their own: generated policies let them through or say why not.
@Suite struct DeclaredConnectionTests {
  private typealias C = SmallCluster

  private static func deployment(
    _ namespace: String, _ name: String, env: String = "", args: String = "", ports: String = "",
    annotations: String = "", kind: String = "Deployment"
  ) -> String {
    C.object(
      "apps/v1", kind, namespace, name,
      "spec: {template: {metadata: {labels: {app: \(name)}, annotations: {\(annotations)}}, spec: {containers: [{name: c, image: \"r.example/x:1\", env: [\(env)], args: [\(args)], ports: [\(ports)]}]}}}"
    )
  }

  private static func service(_ namespace: String, _ name: String, _ fields: String) -> String {
    C.object("v1", "Service", namespace, name, "spec: {selector: {app: \(name)}, \(fields)}")
  }

  private static let others =
    C.namespace("shop") + C.namespace("data") + deployment("data", "db", kind: "StatefulSet")
    + service("data", "db", "clusterIP: None, ports: [{port: 5432}]") + deployment("data", "find")
    + service("data", "find", "ports: [{port: 50051, targetPort: 5000}]")
    + C.object("v1", "Service", "shop", "legacy", "spec: {type: ExternalName, externalName: legacy.corp.example}")
    + C.object(
      "v1", "Service", "shop", "alias", "spec: {type: ExternalName, externalName: find.data.svc.cluster.local}")

  /// `DESTINATION PROTOCOL PORT` of those from `shop/web`.
  private static func wanted(_ yaml: String) throws -> [String] {
    let snapshot = Fixtures.snapshot(yaml)
    #expect(snapshot.problems.isEmpty)
    return ManifestConnections.find(snapshot).filter { $0.source.text == "shop/web[Deployment]" }.map {
      "\($0.destination.text) \($0.transport.name) \($0.port)"
    }
  }

  @Test(arguments: [
    ("{name: A, value: \"http://legacy:8080/\"}", "", ["legacy.corp.example TCP 8080"]),
    ("{name: A, value: \"http://legacy/\"}", "", ["legacy.corp.example TCP 80"]),
    ("{name: A, value: \"alias:50051\"}", "", ["data/find[Deployment] TCP 5000"]),
    ("{name: A, value: \"db-0.db.data:5432\"}", "", ["data/db[StatefulSet] TCP 5432"]),
    ("{name: A, value: \"db-0.db.data.svc.cluster.local:5432\"}", "", ["data/db[StatefulSet] TCP 5432"]),
    ("", "\"--grpc=dns:///find.data.svc:50051\"", ["data/find[Deployment] TCP 5000"]),
    ("", "\"host=db-0.db.data port=5432 user=x\"", ["data/db[StatefulSet] TCP 5432"]),
    ("", "\"pg_dump -h db.data -U x\"", ["data/db[StatefulSet] TCP 5432"]),
    (
      "{name: H, value: db.data}, {name: P, value: \"5432\"}", "\"--url=postgres://$(H):$(P)/x\"",
      ["data/db[StatefulSet] TCP 5432"]
    ),
    (
      "{name: N, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}, {name: A, value: \"http://$(N):4317\"}", "",
      ["its own node TCP 4317"]
    ),
    // What an operator will make is named, and found nowhere.
    ("{name: A, value: \"postgres://orders-rw:5432/x\"}", "", ["orders-rw TCP 5432"]),
    ("{name: A, value: \"http://localhost:9000\"}", "", []), ("{name: A, value: \"file:///etc/x\"}", "", []),
    ("{name: A, value: \"https://api.example.com/v1\"}", "", ["api.example.com TCP 443"]),
  ])
  func settings(_ env: String, _ args: String, _ expected: [String]) throws {
    #expect(try Self.wanted(Self.others + Self.deployment("shop", "web", env: env, args: args)) == expected)
  }

  @Test func peersOfAStatefulSetReachEachOther() throws {
    let yaml =
      C.namespace("shop")
      + Self.deployment(
        "shop", "kafka", env: "{name: V, value: \"0@kafka-0.kafka:9093,1@kafka-1.kafka:9093\"}", kind: "StatefulSet")
      + Self.service("shop", "kafka", "clusterIP: None, ports: [{port: 9093}]")
    let found = ManifestConnections.find(Fixtures.snapshot(yaml))
    #expect(found.count == 1)
    #expect(found.first?.source == found.first?.destination)
    #expect(found.first?.port == 9093)
  }

  // MARK: Metrics

  private static let measured =
    C.namespace("shop") + C.namespace("obs")
    + deployment("shop", "web", ports: "{name: http, containerPort: 8080}, {name: metrics, containerPort: 9090}")
      + """
      apiVersion: v1
      kind: Service
      metadata: {name: web, namespace: shop, labels: {app: web}}
      spec: {selector: {app: web}, ports: [{name: metrics, port: 9, targetPort: metrics}]}
      ---
      apiVersion: monitoring.coreos.com/v1
      kind: ServiceMonitor
      metadata: {name: web, namespace: shop}
      spec: {selector: {matchLabels: {app: web}}, endpoints: [{port: metrics}]}
      ---

      """

  @Test(arguments: [
    (deployment("obs", "prometheus"), ["obs/prometheus[Deployment] TCP 9090"]),
    (
      C.object("monitoring.coreos.com/v1", "Prometheus", "obs", "k8s", "spec: {}"),
      ["obs/k8s[Prometheus] TCP 9090"]
    ),
    ("", ["a program that reads metrics TCP 9090"]),
  ])
  func metricsAreRead(_ reader: String, _ expected: [String]) throws {
    let snapshot = Fixtures.snapshot(Self.measured + reader)
    let wanted = ManifestConnections.find(snapshot)
    #expect(
      wanted.filter { $0.destination.text == "shop/web[Deployment]" }.map {
        "\($0.source.text) \($0.transport.name) \($0.port)"
      } == expected)
    let troubles = PolicyGenerator(wanted, snapshot).troubles
    #expect(troubles.contains(.unseenScraper("shop/web[Deployment]", port: 9090)) == reader.isEmpty)
  }

  // MARK: Meshes, nodes, and what is not seen

  @Test(arguments: [
    ("istio-injection: enabled", "shop/allow-istiod", [UInt16(15012)]),
    ("istio.io/dataplane-mode: ambient", "shop/allow-db", [5432, 15008]),
  ])
  func proxiesNeedTheirPorts(_ labels: String, _ policy: String, _ ports: [UInt16]) throws {
    let yaml =
      C.namespace("shop", labels) + Self.deployment("shop", "web", env: "{name: A, value: \"db:5432\"}")
      + Self.deployment("shop", "db") + Self.service("shop", "db", "ports: [{port: 5432}]")
    let snapshot = Fixtures.snapshot(yaml)
    let policies = PolicyGenerator(ManifestConnections.find(snapshot), snapshot).policies
    let found = policies.first {
      "\($0[path: "metadata", "namespace"]?.text ?? "")/\($0[path: "metadata", "name"]?.text ?? "")" == policy
    }
    let rules = (found?[path: "spec", "ingress"]?.elements ?? []) + (found?[path: "spec", "egress"]?.elements ?? [])
    #expect(rules.flatMap { $0["ports"]?.elements ?? [] }.compactMap { $0["port"]?.int } == ports.map(Int64.init))
  }

  @Test func whatNoPolicyCanNameIsTold() throws {
    let yaml =
      Self.others
      + Self.deployment(
        "shop", "web",
        env: "{name: N, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}, {name: A, value: \"http://$(N):4317\"}")
      + C.object("v1", "Service", "shop", "made", "spec: {selector: {cnpg.io/cluster: db}, ports: [{port: 5432}]}")
    let snapshot = Fixtures.snapshot(yaml)
    let wanted = ManifestConnections.find(snapshot)
    var options = PolicyGenerator.Options()
    let troubles = PolicyGenerator(wanted, snapshot, options: options).troubles
    #expect(troubles.contains(.unnamedNode(source: "shop/web[Deployment]", port: 4317)))
    #expect(
      troubles.contains {
        if case .unseenBackends(let services) = $0 { services.map(\.name) == ["made"] } else { false }
      })
    options.dialect = CiliumPolicyWriter.self
    let cilium = PolicyGenerator(wanted, snapshot, options: options)
    #expect(!cilium.troubles.contains(.unnamedNode(source: "shop/web[Deployment]", port: 4317)))
  }

  /// A Job has no labels but those that its controller gives its pods.
  @Test func aJobIsSelectedByItsName() throws {
    let yaml =
      Self.others
      + C.object(
        "batch/v1", "Job", "shop", "mig",
        "spec: {template: {spec: {containers: [{name: c, image: \"r.example/x:1\", env: [{name: A, value: \"db.data:5432\"}]}]}}}"
      )
    let snapshot = Fixtures.snapshot(yaml)
    let policies = PolicyGenerator(ManifestConnections.find(snapshot), snapshot).policies
    let mig = policies.first { $0[path: "metadata", "name"]?.text == "allow-mig" }
    #expect(mig?[path: "spec", "podSelector", "matchLabels"]?.stringMap == ["batch.kubernetes.io/job-name": "mig"])
  }
}
