import Findings
import Kube
import Reach
import TestKit
import Testing

/// Pods as their controllers make them: labels that no template holds, names of replicas, virtual machines; and what leads to
/// pods that the input does not hold.
@Suite struct ControllerPodTests {
  private typealias C = SmallCluster

  private static func workload(_ version: String, _ kind: String, _ name: String, _ fields: String = "") -> String {
    C.object(
      version, kind, "s", name,
      "spec: {\(fields) template: {metadata: {labels: {app: \(name)}}, spec: {containers: [{name: c, image: \"r.example/x:1\"}]}}}"
    )
  }

  private static let cron = C.object(
    "batch/v1", "CronJob", "s", "w",
    "spec: {schedule: \"@daily\", jobTemplate: {spec: {template: {spec: {containers: [{name: c, image: \"r.example/x:1\"}]}}}}}"
  )

  private static func shut(_ requirement: String) -> String {
    C.object(
      "networking.k8s.io/v1", "NetworkPolicy", "s", "p",
      "spec: {podSelector: {matchExpressions: [\(requirement)]}, policyTypes: [Egress]}")
  }

  private static func exists(_ key: String) -> String { "{key: \(key), operator: Exists}" }

  @Test(arguments: [
    (workload("batch/v1", "Job", "w"), exists("batch.kubernetes.io/job-name"), "denied"),
    (workload("batch/v1", "Job", "w"), exists("job-name"), "denied"),
    (workload("batch/v1", "Job", "w"), exists("controller-uid"), "denied"),
    (workload("batch/v1", "Job", "w"), "{key: job-name, operator: In, values: [w]}", "denied"),
    (workload("batch/v1", "Job", "w"), "{key: job-name, operator: In, values: [other]}", "allowed"),
    (cron, exists("batch.kubernetes.io/job-name"), "denied"),
    (workload("apps/v1", "Deployment", "w"), exists("pod-template-hash"), "denied"),
    (workload("apps/v1", "DaemonSet", "w"), exists("controller-revision-hash"), "denied"),
    (workload("apps/v1", "Deployment", "w"), exists("job-name"), "allowed"),
    (workload("argoproj.io/v1alpha1", "Rollout", "w"), exists("rollouts-pod-template-hash"), "denied"),
    (workload("apps/v1", "StatefulSet", "w"), exists("apps.kubernetes.io/pod-index"), "denied"),
    // Of two replicas one is closed.
    (
      workload("apps/v1", "StatefulSet", "w", "replicas: 2,"),
      "{key: statefulset.kubernetes.io/pod-name, operator: In, values: [w-1]}", "unknown"
    ),
    (
      workload("apps/v1", "StatefulSet", "w", "replicas: 1,"),
      "{key: apps.kubernetes.io/pod-index, operator: In, values: [\"0\"]}", "denied"
    ),
  ])
  func labels(_ workload: String, _ requirement: String, _ expected: String) throws {
    let model = try C.model(C.namespace("s") + workload + Self.shut(requirement))
    #expect(try C.verdict(model, "s/w", "203.0.113.9", 443) == expected)
    #expect(PolicyLint(model).remarks.contains { $0.code == .selectsNothing } == (expected == "allowed"))
  }

  @Test func replicasAreAskedByName() throws {
    let yaml =
      C.namespace("s") + Self.workload("apps/v1", "StatefulSet", "w", "replicas: 2,")
      + Self.shut("{key: apps.kubernetes.io/pod-index, operator: In, values: [\"1\"]}")
    let model = try C.model(yaml)
    #expect(try C.verdict(model, "s/w-0", "203.0.113.9", 443) == "allowed")
    #expect(try C.verdict(model, "s/w-1", "203.0.113.9", 443) == "denied")
  }

  // MARK: Names of the cluster's DNS

  private static let brokers =
    C.namespace("s") + C.namespace("t") + C.pod("s", "web")
    + workload("apps/v1", "StatefulSet", "kafka", "replicas: 2,")
    + C.object("v1", "Service", "s", "kafka", "spec: {clusterIP: None, selector: {app: kafka}, ports: [{port: 9092}]}")
    + C.object(
      "networking.k8s.io/v1", "NetworkPolicy", "s", "p", "spec: {podSelector: {matchLabels: {app: kafka}}}")

  @Test(arguments: [
    "kafka-0.kafka.s.svc.cluster.local", "kafka-0.kafka.s.svc", "kafka-0.kafka.s", "kafka-1.kafka",
    "kafka.s.svc.cluster.local", "kafka.s.svc", "kafka.s", "kafka", "s/kafka", "s/kafka-1",
  ])
  func namesLeadToPods(_ name: String) throws {
    let model = try C.model(Self.brokers)
    let source = try #require(model.end("s/web"))
    let end = try #require(model.end(name, home: model.home(of: source)), "\(name)")
    #expect(!model.answer(source, end, .tcp, 9092).allowed)
  }

  @Test func otherNamesAreOutside() throws {
    let model = try C.model(Self.brokers)
    for name in ["kafka.example.com", "api.example.com", "db.s.example.org"] {
      #expect(model.end(name, home: "s") == .unknownName(name))
    }
    #expect(model.end("nobody.t.svc", home: "s") == nil)
    // Without a namespace from which it is asked, a word alone names nothing.
    #expect(model.end("kafka") == nil)
  }

  // MARK: What leads to pods that the input does not hold

  private static func doors(_ yaml: String) throws -> [String] {
    Exposure(try C.model(yaml)).entryPoints.map { "\($0.workload.workloadText) \($0.verdict.rawValue)" }
  }

  @Test(arguments: ["LoadBalancer", "NodePort"])
  func aDoorToNobodyIsUnknown(_ type: String) throws {
    let service = C.object(
      "v1", "Service", "s", "pg", "spec: {type: \(type), selector: {cnpg.io/cluster: db}, ports: [{port: 5432}]}")
    #expect(try Self.doors(C.namespace("s") + service) == ["s/pg[Service] unknown"])
    // In a whole cluster whatever runs was seen.
    #expect(try Self.doors(C.namespace("s") + C.namespace("kube-system") + service) == [])
  }

  @Test func aRouteToNobodyIsUnknown() throws {
    let ingress = C.object(
      "networking.k8s.io/v1", "Ingress", "s", "g",
      "spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: made, port: {number: 80}}}}]}}]}"
    )
    #expect(try Self.doors(C.namespace("s") + ingress) == ["s/made[Service] unknown"])
  }

  @Test func aMachineIsAPod() throws {
    let yaml =
      C.namespace("s")
      + C.object(
        "kubevirt.io/v1", "VirtualMachine", "s", "vm",
        "spec: {template: {metadata: {labels: {app: vm}}, spec: {domain: {devices: {}}}}}")
      + C.object("v1", "Service", "s", "ssh", "spec: {type: NodePort, selector: {app: vm}, ports: [{port: 22}]}")
    #expect(try Self.doors(yaml) == ["s/vm[VirtualMachine] allowed"])
    let shut = C.object("networking.k8s.io/v1", "NetworkPolicy", "s", "p", "spec: {podSelector: {}}")
    #expect(try Self.doors(yaml + shut) == ["s/vm[VirtualMachine] denied"])
  }

  @Test(arguments: [
    ("kafka.strimzi.io/v1beta2", "Kafka", "{kafka: {listeners: [{name: e, port: 9094, type: loadbalancer}]}}", true),
    ("kafka.strimzi.io/v1beta2", "Kafka", "{kafka: {listeners: [{name: e, port: 9094, type: ingress}]}}", true),
    ("kafka.strimzi.io/v1beta2", "Kafka", "{kafka: {listeners: [{name: e, port: 9092, type: internal}]}}", false),
    ("rabbitmq.com/v1beta1", "RabbitmqCluster", "{service: {type: LoadBalancer}}", true),
    ("acid.zalan.do/v1", "postgresql", "{enableMasterLoadBalancer: true}", true),
    ("serving.knative.dev/v1", "Service", "{template: {spec: {containers: [{image: \"r.example/x:1\"}]}}}", true),
    ("postgresql.cnpg.io/v1", "Cluster", "{instances: 3}", false),
  ])
  func operatorsOpenDoors(_ version: String, _ kind: String, _ spec: String, _ isDoor: Bool) throws {
    let exposure = Exposure(try C.model(C.namespace("s") + C.object(version, kind, "s", "o", "spec: \(spec)")))
    #expect(exposure.unread.map(\.name) == (isDoor ? ["o"] : []))
  }

  // MARK: What narrows a route

  private static let web =
    C.namespace("s") + C.pod("s", "web", ports: "{containerPort: 8080}")
    + C.object("v1", "Service", "s", "web", "spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}")
    + C.object(
      "traefik.io/v1alpha1", "Middleware", "s", "office", "spec: {ipAllowList: {sourceRange: [10.0.0.0/8]}}")

  private static func ingress(_ annotations: String, _ fields: String = "") -> String {
    """
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: i, namespace: s, annotations: {\(annotations)}}
    spec: {\(fields) rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
    ---

    """
  }

  @Test(arguments: [
    ("alb.ingress.kubernetes.io/scheme: internal", "ingressClassName: alb,", "internal network"),
    ("alb.ingress.kubernetes.io/scheme: internet-facing", "ingressClassName: alb,", "anyone"),
    ("", "ingressClassName: alb,", "internal network"),
    ("alb.ingress.kubernetes.io/inbound-cidrs: \"10.0.0.0/8, 192.0.2.0/24\"", "", "10.0.0.0/8, 192.0.2.0/24"),
    ("kubernetes.io/ingress.class: gce-internal", "", "internal network"),
    ("nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8", "", "10.0.0.0/8"),
    ("nginx.ingress.kubernetes.io/whitelist-source-range: \"0.0.0.0/0\"", "", "anyone"),
    ("traefik.ingress.kubernetes.io/router.middlewares: s-office@kubernetescrd", "", "10.0.0.0/8"),
    ("appgw.ingress.kubernetes.io/use-private-ip: \"true\"", "", "internal network"), ("", "", "anyone"),
  ])
  func whatNarrowsAnIngress(_ annotations: String, _ fields: String, _ expected: String) throws {
    let points = Exposure(try C.model(Self.web + Self.ingress(annotations, fields))).entryPoints
    #expect(points.map { $0.reach.text ?? "anyone" } == [expected])
  }

  private static func route(_ parent: String, _ backend: String) -> String {
    C.object(
      "gateway.networking.k8s.io/v1", "HTTPRoute", "s", "r",
      "spec: {parentRefs: [\(parent)], rules: [{backendRefs: [\(backend)]}]}")
  }

  @Test(arguments: [
    (route("{name: g}", "{name: web, port: 80}"), 1), (route("{name: g}", "{name: web, port: 80, weight: 0}"), 0),
    (route("{group: \"\", kind: Service, name: web}", "{name: web, port: 80}"), 0),
    (
      C.object(
        "route.openshift.io/v1", "Route", "s", "r",
        "spec: {to: {kind: Service, name: other, weight: 0}, alternateBackends: [{kind: Service, name: web, weight: 100}]}"
      ),
      1
    ),
    (
      C.object("v1", "Service", "s", "alias", "spec: {type: ExternalName, externalName: web.s.svc.cluster.local}")
        + C.object(
          "networking.k8s.io/v1", "Ingress", "s", "i",
          "spec: {defaultBackend: {service: {name: alias, port: {number: 80}}}}"), 1
    ),
  ])
  func whatGetsTraffic(_ route: String, _ count: Int) throws {
    #expect(try Self.doors(Self.web + route) == [String](repeating: "s/web[Pod] allowed", count: count))
  }
}
