import Bytes
import Findings
import Kube
import PodSecurity
import TestKit
import Testing

@Suite struct NodeEscapeTests {
  /// The fields of a pod's spec beside its containers, the fields of its container, and the ids of the ways that they open.
  typealias Case = (spec: String, container: String, ways: [String])

  static func hostPath(_ path: String, readOnly: Bool = false, _ ways: String...) -> Case {
    (
      "volumes: [{name: v, hostPath: {path: \(path)}}]",
      "volumeMounts: [{name: v, mountPath: /v\(readOnly ? ", readOnly: true" : "")}]", ways
    )
  }

  static func capabilities(_ names: String, with more: String = "", spec: String = "", _ ways: String...) -> Case {
    (spec, "securityContext: {capabilities: {add: [\(names)]}\(more.isEmpty ? "" : ", " + more)}", ways)
  }

  static let cases: [Case] = [
    ("", "", []),
    ("", "securityContext: {privileged: true}", ["privileged"]),
    ("hostUsers: false", "securityContext: {privileged: true}", []),
    ("hostPID: true", "", ["host-processes"]),
    capabilities("SYS_PTRACE", spec: "hostPID: true", "trace-host-processes", "host-processes"),
    capabilities("SYS_PTRACE"),
    capabilities("SYS_ADMIN", "sys-admin"), capabilities("cap_sys_admin", "sys-admin"),
    capabilities("SYS_MODULE", "kernel-module"), capabilities("DAC_READ_SEARCH", "open-by-handle"),
    capabilities("SYS_RAWIO", "raw-hardware"), capabilities("BPF, PERFMON", "kernel-tracing"),
    capabilities("BPF"), capabilities("NET_ADMIN"), capabilities("SYS_ADMIN", spec: "hostUsers: false"),
    capabilities("ALL", "sys-admin", "kernel-module", "open-by-handle", "raw-hardware", "kernel-tracing"),
    capabilities("SYS_ADMIN", with: "runAsUser: 1000", "sys-admin"),
    capabilities("SYS_MODULE", with: "runAsUser: 1000, allowPrivilegeEscalation: false"),
    ("", "securityContext: {capabilities: {add: [SYS_MODULE], drop: [SYS_MODULE]}}", []),
    ("", "securityContext: {capabilities: {add: [SYS_MODULE], drop: [ALL]}}", ["kernel-module"]),
    ("", "securityContext: {procMount: Unmasked}", ["unmasked-proc"]),
    ("hostUsers: false", "securityContext: {procMount: Unmasked}", []),
    ("securityContext: {windowsOptions: {hostProcess: true}}", "", ["windows-host-process"]),
    ("", "securityContext: {windowsOptions: {hostProcess: true}}", ["windows-host-process"]),
    hostPath("/", "runtime-socket", "system-bus", "host-path-write"),
    hostPath("/", readOnly: true, "runtime-socket", "system-bus", "host-path-read"),
    // The root of a process of the node is the node's.
    hostPath("/proc/1/root", "runtime-socket", "system-bus", "host-path-write"),
    hostPath("/proc/self/root//proc/1/cwd/etc", readOnly: true, "host-path-read"),
    hostPath("/var/lib/kubelet", "host-path-write"), hostPath("/var/lib/kubelet/", "host-path-write"),
    hostPath("/var/lib/kubelet/pods", readOnly: true, "host-path-read"),
    hostPath("/etc", "host-path-write"), hostPath("/etc", readOnly: true, "host-path-read"),
    hostPath("/root", "host-path-write"), hostPath("/root/.ssh", readOnly: true, "host-path-read"),
    hostPath("/etc/kubernetes/pki", readOnly: true, "host-path-read"), hostPath("/proc", "host-path-write"),
    hostPath("/proc/sys", "host-path-write"), hostPath("/sys", readOnly: true), hostPath("/data"),
    hostPath("/var/run/docker.sock", "runtime-socket"),
    hostPath("/var/run/docker.sock", readOnly: true, "runtime-socket"),
    hostPath("/run/containerd", readOnly: true, "runtime-socket", "host-path-read"),
    hostPath("/run", "runtime-socket", "system-bus"),
    hostPath("/run/k3s/containerd/containerd.sock", "runtime-socket"),
    hostPath("/var/run/crio/crio.sock", "runtime-socket"),
    hostPath("'\\\\.\\pipe\\docker_engine'", "runtime-socket"), hostPath("/var/log", readOnly: true),
    hostPath("/usr/share/zoneinfo", readOnly: true),
    hostPath("/var/run/dbus/system_bus_socket", readOnly: true, "system-bus"), hostPath("/run/systemd", "system-bus"),
    (
      "hostUsers: false, volumes: [{name: v, hostPath: {path: /run/dbus}}]", "volumeMounts: [{name: v, mountPath: /v}]",
      []
    ),
    (
      "volumes: [{name: v, hostPath: {path: /run/dbus}}]",
      "securityContext: {runAsUser: 65534, allowPrivilegeEscalation: false}, volumeMounts: [{name: v, mountPath: /v}]",
      []
    ),
    // The same folders on a node with Windows, where nothing tells upper case from lower.
    hostPath("'C:\\'", "host-path-write"), hostPath("'c:/Windows/System32'", "host-path-write"),
    hostPath("'C:\\'", readOnly: true, "host-path-read"),
    hostPath("'c:\\var\\lib\\Kubelet\\pki'", readOnly: true, "host-path-read"),
    hostPath("'C:\\k'", readOnly: true, "host-path-read"), hostPath("'C:\\logs'"), hostPath("'D:\\'"),
    hostPath("/var/log/pods", "host-path-write"), hostPath("/var/log/pods", readOnly: true),
  ]

  /// Whatever lies above a key, or is a part of it, gives it to whoever reads.
  @Test(arguments: [
    "/etc/kubernetes", "/etc/kubernetes/admin.conf", "/etc/kubernetes/pki/apiserver.key", "/etc",
    "/var/lib/kubelet/pki",
    "/var/lib/kubelet", "/var/lib", "/var", "/var/lib/etcd/member", "/root", "/root/.kube", "/root/.ssh", "/home",
    "/home/kim/.kube", "/etc/rancher", "/etc/rancher/k3s/k3s.yaml", "/var/lib/rancher/k3s/server", "/etc/cni/net.d",
    "/etc/cni", "/var/lib/containers", "/proc", "/var/lib/k0s/pki", "/var/snap", "/etc/origin/master",
  ]) func readableKeys(_ path: String) throws {
    let (spec, container, _) = Self.hostPath(path, readOnly: true)
    let snapshot = Fixtures.snapshot(
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: n}\nspec: {containers: [{name: c, \(container)}], \(spec)}\n"
    )
    let open = NodeEscapes.open(to: try #require(snapshot.workloads.first).template)
    #expect(open.contains { $0.escape.id == "host-path-read" && $0.escape.gain == .credentials })
  }

  @Test(arguments: [
    ("/etc/kubernetes", true), ("/etc", true), ("/", true), ("/var/lib/etcd", true), ("/var/lib", true),
    ("/etc/kubernetes/kubelet.conf", false), ("/var/lib/kubelet", false), ("/etc/rancher/k3s", true),
    ("/root/.ssh", false),
    ("/root", false), ("/etcetera", false), ("/proc", false),
  ]) func keysOfTheControlPlane(_ path: String, _ holds: Bool) throws {
    let (spec, container, _) = Self.hostPath(path, readOnly: true)
    let snapshot = Fixtures.snapshot(
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: n}\nspec: {containers: [{name: c, \(container)}], \(spec)}\n"
    )
    let template = try #require(snapshot.workloads.first).template
    let mount = try #require(HostPathMount.all(in: template).first)
    #expect(mount.holds(.controlPlane) == holds)
  }

  @Test(arguments: cases) func ways(_ spec: String, _ container: String, _ ways: [String]) throws {
    let snapshot = Fixtures.snapshot(
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: a, namespace: n}
      spec: {containers: [{name: c, image: "x:1"\(container.isEmpty ? "" : ", " + container)}]\(spec.isEmpty ? "" : ", " + spec)}
      """)
    let template = try #require(snapshot.workloads.first).template
    let open = NodeEscapes.open(to: template)
    #expect(open.map(\.escape.id) == ways)
    #expect(NodeEscapes.strongest(in: template)?.escape.id == ways.first)
    for match in open { #expect(match.evidence.line == 4 && !match.text.isEmpty) }
  }

  /// The folders in which a writable mount is a way, as `scan` has them.
  @Test(arguments: [
    "/", "/boot", "/dev", "/etc", "/etc/kubernetes/manifests", "/etc/cron.d", "/etc/systemd/system", "/home", "/lib",
    "/lib/modules", "/opt", "/proc", "/root", "/sys", "/sys/kernel", "/usr", "/usr/lib", "/var", "/var/lib",
    "/var/lib/containerd", "/var/lib/docker", "/var/lib/etcd", "/var/lib/kubelet", "/var/lib/rancher", "/var/log",
  ]) func writableFolders(_ path: String) throws {
    let (spec, container, _) = Self.hostPath(path)
    let snapshot = Fixtures.snapshot(
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: n}\nspec: {containers: [{name: c, \(container)}], \(spec)}\n"
    )
    let open = NodeEscapes.open(to: try #require(snapshot.workloads.first).template)
    #expect(open.contains { $0.escape.id == "host-path-write" && $0.escape.gain == .node })
  }

  @Test func theListGivesTheStrongestFirstAndNamesEachOnce() {
    let all = NodeEscapes.all
    #expect(all.map(\.gain) == all.map(\.gain).sorted(by: >))
    #expect(Set(all.map(\.id)).count == all.count)
    for escape in all {
      #expect(escape.attack.framework == .mitre && !escape.title.isEmpty && !escape.references.isEmpty, "\(escape.id)")
    }
  }
}
