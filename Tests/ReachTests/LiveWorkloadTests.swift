import Findings
import Kube
import Reach
import TestKit
import Testing

/// A dump of a cluster, with what controllers made of the manifests, has the workloads of the manifests.
@Suite struct LiveWorkloadTests {
  private static let manifests = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: kiosk}
    spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, ports: [{containerPort: 8080}]}]}}}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: spare, namespace: kiosk}
    spec: {replicas: 0, selector: {matchLabels: {app: spare}}, template: {metadata: {labels: {app: spare}}, spec: {containers: [{name: c, env: [{name: WEB, value: "http://web:80"}]}]}}}
    ---
    apiVersion: batch/v1
    kind: CronJob
    metadata: {name: night, namespace: kiosk}
    spec: {jobTemplate: {spec: {template: {metadata: {labels: {app: night}}, spec: {containers: [{name: c}]}}}}}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: kiosk}
    spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: web, namespace: kiosk}
    spec: {podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 8080}]}]}
    ---

    """

  private static func replicaSet(_ name: String, _ hash: String) -> String {
    """
    apiVersion: apps/v1
    kind: ReplicaSet
    metadata: {name: \(name)-\(hash), namespace: kiosk, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: \(name), controller: true}]}
    spec: {template: {metadata: {labels: {app: \(name), pod-template-hash: \(hash)}}, spec: {containers: [{name: c}]}}}
    ---

    """
  }

  private static let made =
    replicaSet("web", "1a") + replicaSet("web", "0f") + replicaSet("spare", "2b") + """
      apiVersion: v1
      kind: Pod
      metadata: {name: web-1a-x, namespace: kiosk, labels: {app: web, pod-template-hash: 1a}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-1a, controller: true}]}
      spec: {containers: [{name: c, ports: [{containerPort: 8080}]}]}
      status: {phase: Running, podIP: 10.0.0.1}
      ---
      apiVersion: batch/v1
      kind: Job
      metadata: {name: night-1, namespace: kiosk, ownerReferences: [{apiVersion: batch/v1, kind: CronJob, name: night, controller: true}]}
      spec: {template: {metadata: {labels: {app: night}}, spec: {containers: [{name: c}]}}}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: night-1-y, namespace: kiosk, labels: {app: night}, ownerReferences: [{apiVersion: batch/v1, kind: Job, name: night-1, controller: true}]}
      spec: {containers: [{name: c}]}
      status: {phase: Succeeded}
      """

  @Test func workloadsAreThoseOfTheManifests() throws {
    let (files, dump) = (
      ReachModel(Fixtures.snapshot(Self.manifests)), ReachModel(Fixtures.snapshot(Self.manifests + Self.made))
    )
    func workloads(_ model: ReachModel) -> [String] {
      Set(model.cluster.endpoints.map(\.workload.workloadText)).sorted()
    }
    #expect(workloads(files) == ["kiosk/night[CronJob]", "kiosk/spare[Deployment]", "kiosk/web[Deployment]"])
    #expect(workloads(dump) == workloads(files))
    let changes = ConnectivityDiff(files, dump)
    #expect(changes.changes.isEmpty && changes.added.isEmpty && changes.removed.isEmpty)
    for name in ["kiosk/web", "kiosk/web[Deployment]", "kiosk/spare", "kiosk/night"] {
      #expect(dump.end(name) != nil && files.end(name) != nil, "\(name)")
    }
    // The pod itself has its name.
    #expect(dump.end("kiosk/web-1a-x") == dump.end("kiosk/web"))
  }

  @Test func whatIsMadeOfThemIsTheSame() throws {
    let (files, dump) = (Fixtures.snapshot(Self.manifests), Fixtures.snapshot(Self.manifests + Self.made))
    #expect(ManifestConnections.find(dump) == ManifestConnections.find(files))
    func exposed(_ snapshot: ClusterSnapshot) -> [String] {
      Exposure(snapshot, profile: .spec).entryPoints.map { "\($0.workload.workloadText) \($0.via.text)" }
    }
    #expect(exposed(dump) == exposed(files) && !exposed(files).isEmpty)
    // The Deployment's findings are raised by what leads to its pods.
    let deployment = try #require(dump.objects(GroupKind("apps", "Deployment")).first)
    #expect(Exposure(dump, profile: .spec).entryPoints(of: deployment).count == 1)
  }
}
