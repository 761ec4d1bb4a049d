import Access
import Depth
import Findings
import Kube
import PodSecurity
import Posture
import TestKit
import Testing

/// A pod that owns its node owns it for whoever asks: the scan, the paths of escalation and the dossier of a component.
@Suite struct NodeOwnershipTests {
  private static func manifests(spec: String, container: String) -> String {
    """
    apiVersion: v1
    kind: Namespace
    metadata: {name: build, labels: {pod-security.kubernetes.io/enforce: baseline}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: agent, namespace: build, labels: {app: agent}}
    spec: {automountServiceAccountToken: false, containers: [{name: c, image: "registry.example.com/agent:latest"\(container)}]\(spec)}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata: {name: exec, namespace: build}
    rules: [{apiGroups: [""], resources: [pods/exec], verbs: [create]}]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata: {name: exec, namespace: build}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: exec}
    subjects: [{kind: User, name: dev, apiGroup: rbac.authorization.k8s.io}]
    """
  }

  private static func mount(_ path: String, _ more: String = "") -> (String, String) {
    (
      ", volumes: [{name: v, hostPath: {path: \(path)}}]",
      ", volumeMounts: [{name: v, mountPath: /v\(more)}]"
    )
  }

  private static func adding(_ capabilities: String, _ spec: String = "") -> (String, String) {
    (spec, ", securityContext: {capabilities: {add: [\(capabilities)]}}")
  }

  /// Fields of the pod's spec, and of its container, by what they open.
  static let ways: [(way: String, spec: String, container: String)] =
    [
      ("privileged", ("", ", securityContext: {privileged: true}")),
      ("windows-host-process", ("", ", securityContext: {windowsOptions: {hostProcess: true}}")),
      ("trace-host-processes", adding("SYS_PTRACE", ", hostPID: true")), ("sys-admin", adding("SYS_ADMIN")),
      ("kernel-module", adding("SYS_MODULE")), ("open-by-handle", adding("DAC_READ_SEARCH")),
      ("raw-hardware", adding("SYS_RAWIO")), ("unmasked-proc", ("", ", securityContext: {procMount: Unmasked}")),
      ("runtime-socket", mount("/var/run/docker.sock")),
      ("runtime-socket", mount("/run/containerd", ", readOnly: true")),
      ("runtime-socket", mount("/", ", readOnly: true")),
      ("system-bus", mount("/run/dbus", ", readOnly: true")),
    ].map { ($0.0, $0.1.0, $0.1.1) }
    + [
      "/", "/boot", "/dev", "/etc", "/etc/kubernetes", "/etc/cron.d", "/home", "/lib", "/opt", "/proc", "/proc/sys",
      "/root",
      "/root/.ssh", "/sys", "/usr", "/var", "/var/lib", "/var/lib/docker", "/var/lib/etcd", "/var/lib/kubelet",
      "/var/log",
    ].map { path in
      let (spec, container) = mount(path)
      return ("host-path-write", spec, container)
    }

  @Test(arguments: ways) func scanPathsAndComponentAgree(_ way: String, _ spec: String, _ container: String)
    async throws
  {
    let snapshot = Fixtures.snapshot(Self.manifests(spec: spec, container: container))
    let template = try #require(snapshot.workloads.first).template
    let match = try #require(NodeEscapes.open(to: template).first { $0.escape.id == way })
    #expect(match.escape.gain == .node)
    let strongest = try #require(NodeEscapes.strongest(in: template))

    let findings = await PostureScan().run(snapshot).findings
    let image = try #require(findings.first { $0.check.rawValue == "unpinned-image" })
    #expect(image.why == "whoever changes the image has the node: \(strongest.text)")

    let profile = AccessProfile(AccessInventory(snapshot))
    let graph = EscalationGraph(profile)
    let steps = try #require(graph.steps(from: .user("dev"), graph.paths(to: .node)))
    #expect(steps.last?.text == "escapes from Pod agent: \(strongest.text)")
    #expect(graph.steps(from: .user("dev"), graph.paths(to: .clusterAdmin)) == nil)

    let component = try #require(ComponentReview("agent", profile))
    #expect(component.escapes.contains { $0.escape.escape.id == way && $0.escape.text == match.text })
  }

  /// What only gives credentials does so for all three.
  @Test func credentialsAreNotTheNode() async throws {
    let (spec, container) = Self.mount("/var/lib/kubelet", ", readOnly: true")
    let snapshot = Fixtures.snapshot(Self.manifests(spec: spec, container: container))
    let findings = await PostureScan().run(snapshot).findings
    let image = try #require(findings.first { $0.check.rawValue == "unpinned-image" })
    let clause = "it may read /var/lib/kubelet of the node, where credentials lie"
    #expect(image.why == "whoever changes the image reads credentials of the node: \(clause)")
    let profile = AccessProfile(AccessInventory(snapshot))
    let graph = EscalationGraph(profile)
    #expect(graph.steps(from: .user("dev"), graph.paths(to: .node)) == nil)
    let steps = try #require(graph.steps(from: .user("dev"), graph.paths(to: .nodeCredentials)))
    #expect(steps.last?.text == "reads them from Pod agent: \(clause)")
    #expect(ComponentReview("agent", profile)?.escapes.map(\.escape.escape.id) == ["host-path-read"])
  }

  @Test func techniquesAreNamedOnceAndNumberedByATTACK() {
    let all = Technique.all
    #expect(Set(all.map(\.id)).count == all.count)
    // The matrix for containers, and what attacks on clusters need beyond it.
    let known = Set(FrameworkCatalogue.controls(.mitre).map(\.id))
      .union(["T1055", "T1078.004", "T1210", "T1552.001", "T1552.004"])
    for attack in all.compactMap(\.attack) + NodeEscapes.all.map(\.attack) {
      #expect(known.contains(attack.id), "\(attack.id)")
    }
  }
}
