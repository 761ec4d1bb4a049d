import Bytes
package import Findings
package import Kube

/// A host path volume as a pod mounts it.
package struct HostPathMount: Sendable {
  package let volume: String
  /// Without a trailing slash.
  package let path: String
  /// Whether every container that mounts it does so read-only.
  package let readOnly: Bool
  package let evidence: Evidence

  package static func all(in template: PodTemplate) -> [HostPathMount] {
    template.volumes.enumerated().compactMap { index, volume in
      guard let raw = volume[path: "hostPath", "path"]?.string, !raw.isEmpty else { return nil }
      let name = volume["name"]?.text ?? ""
      let mounts = template.containers.flatMap { $0.node["volumeMounts"]?.elements ?? [] }
        .filter { $0["name"]?.text == name }
      return HostPathMount(
        volume: name, path: normalized(raw),
        readOnly: !mounts.isEmpty && mounts.allSatisfy { $0["readOnly"]?.bool == true },
        evidence: Evidence(in: volume, path: template.volumePath(index), ["hostPath", "path"]))
    }
  }

  private static func normalized(_ path: String) -> String {
    if let windows = windowsParts(path) { return "\(windows.drive):\\" + windows.parts.joined(separator: "\\") }
    var parts = path.split(separator: "/").filter { $0 != "." }[...]
    // The root of a process of the node is that of the node, by a link that the kubelet follows. Source: proc(5).
    while parts.count >= 3, parts[parts.startIndex] == "proc", ["root", "cwd"].contains(parts[parts.startIndex + 2]) {
      let process = parts[parts.startIndex + 1]
      guard process == "self" || process == "thread-self" || process.utf8.allSatisfy({ (0x30...0x39).contains($0) })
      else { break }
      parts = parts.dropFirst(3)
    }
    return "/" + parts.joined(separator: "/")
  }

  /// The drive and what follows of `C:\var\lib` or `c:/var/lib`; nil for other paths.
  private static func windowsParts(_ path: String) -> (drive: String, parts: [String])? {
    let bytes = Array(path.utf8.prefix(3))
    guard bytes.count >= 2, (bytes[0] | 0x20) &- 0x61 < 26, bytes[1] == UInt8(ascii: ":"),
      bytes.count == 2 || bytes[2] == UInt8(ascii: "\\") || bytes[2] == UInt8(ascii: "/")
    else { return nil }
    let parts = path.dropFirst(2).split { $0 == "\\" || $0 == "/" }.filter { $0 != "." }.map(String.init)
    return (path.prefix(1).uppercased(), parts)
  }

  /// The path as lists of paths spell it: that of a node with Windows without its drive, on which nothing tells upper case from lower.
  /// The kubelet has its files there in the folders of the same names. On other drives lies what users put there.
  private var place: String {
    guard let windows = Self.windowsParts(path) else { return path }
    guard windows.drive == "C" else { return path }
    return "/" + windows.parts.joined(separator: "/").lowercased()
  }

  /// Whether a path is that of a tree, or in it.
  private static func isIn(_ path: String, _ tree: String) -> Bool { path == tree || path.hasPrefix(tree + "/") }

  private static let sensitive: Set<String> = [
    "/", "/boot", "/dev", "/etc", "/home", "/lib", "/proc", "/root", "/sys", "/usr", "/usr/lib", "/var", "/var/lib",
    "/var/log", "/var/log/pods", "/var/log/containers", "/opt",
    // Of Windows.
    "/windows", "/windows/system32", "/programdata", "/program files", "/users", "/k",
  ]
  private static let sensitiveTrees = [
    "/etc/kubernetes", "/etc/cron", "/etc/systemd", "/etc/ssh", "/etc/shadow", "/root/.ssh", "/root/.aws",
    "/root/.azure", "/root/.config/gcloud", "/var/lib/kubelet",
    "/var/lib/etcd", "/var/lib/docker", "/var/lib/containerd", "/var/lib/rancher", "/proc/sys", "/lib/modules",
    "/sys/kernel",
    // What the node runs as root: programs, plugins of the network and of volumes, units, jobs, and what they load.
    "/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/usr/libexec/kubernetes",
    "/opt/cni",
    "/etc/cni", "/etc/ld.so.preload", "/etc/profile.d", "/etc/pam.d", "/etc/init.d", "/etc/sudoers", "/etc/passwd",
    "/lib/systemd", "/usr/lib/systemd", "/run/systemd/system", "/var/spool/cron",
    // Distributions that keep their state in places of their own.
    "/etc/rancher", "/var/lib/k0s", "/var/snap/microk8s", "/var/lib/minikube", "/var/lib/crio", "/var/lib/containers",
    "/etc/origin", "/etc/srv/kubernetes", "/srv/kubernetes", "/root/.kube",
  ]

  /// Whether the path holds credentials of the node, its processes, secrets of other pods, or files that it runs at
  /// boot.
  package var isSensitive: Bool {
    let place = place
    return Self.sensitive.contains(place)
      || Self.sensitiveTrees.contains { Self.isIn(place, $0) || place.hasPrefix($0 + ".") }
  }

  /// Whose keys lie on a node.
  package enum Keys: Sendable, Hashable {
    /// Of the node and of what runs on it: its kubelet's, tokens of its pods, files of their containers, environments of processes.
    case node
    /// Of the cluster, where the node is one of the control plane: its authorities, its administrators, all that it stores.
    case controlPlane
    /// Of people who work on the node: kubeconfigs, keys of SSH. What these open is not known.
    case people
  }

  /// Sources: KubeHound, EXPLOIT_HOST_READ and EXPLOIT_HOST_TRAVERSE, and the default locations of kubelet, kubeadm, k3s, RKE2, k0s,
  /// MicroK8s, minikube, OpenShift, container runtimes and plugins of the network.
  private static let keys: [(path: String, keys: Keys)] = [
    ("/etc/kubernetes", .node), ("/var/lib/kubelet", .node), ("/proc", .node), ("/etc/shadow", .node),
    ("/etc/ssh", .node), ("/var/lib/docker", .node), ("/var/lib/containerd", .node), ("/var/lib/containers", .node),
    ("/var/lib/crio", .node), ("/run/containerd", .node), ("/etc/cni/net.d", .node), ("/var/lib/cloud", .node),
    ("/var/lib/waagent", .node), ("/etc/origin/node", .node), ("/k", .node),
    ("/programdata/docker", .node), ("/programdata/containerd", .node),
    ("/etc/kubernetes/pki", .controlPlane), ("/etc/kubernetes/admin.conf", .controlPlane),
    ("/etc/kubernetes/super-admin.conf", .controlPlane), ("/etc/kubernetes/controller-manager.conf", .controlPlane),
    ("/etc/kubernetes/static-pod-resources", .controlPlane), ("/var/lib/etcd", .controlPlane),
    ("/etc/srv/kubernetes", .controlPlane), ("/srv/kubernetes", .controlPlane),
    ("/etc/origin/master", .controlPlane), ("/var/lib/minikube", .controlPlane),
    ("/etc/rancher", .node), ("/etc/rancher", .controlPlane), ("/var/lib/rancher", .node),
    ("/var/lib/rancher", .controlPlane), ("/var/lib/k0s", .node), ("/var/lib/k0s", .controlPlane),
    ("/var/snap/microk8s", .node), ("/var/snap/microk8s", .controlPlane),
    ("/root", .node), ("/home", .node), ("/users", .node), ("/root", .people), ("/home", .people), ("/users", .people),
  ]

  /// Whether reading it is enough to harm the node: for what else it holds, an attacker has to write.
  package var isDangerousToRead: Bool { holdsCredentials || path == "/dev" || path.hasPrefix("/dev/") }

  /// Whether credentials are at or below the path: tokens of pods, keys of the kubelet or of users, environments of
  /// processes.
  package var holdsCredentials: Bool { holds(.node) || holds(.controlPlane) || holds(.people) }

  /// Whether keys of a kind are at the path, below it, or are what it is a part of.
  package func holds(_ keys: Keys) -> Bool {
    let place = place
    return Self.keys.contains { known in
      known.keys == keys && (place == "/" || Self.isIn(place, known.path) || Self.isIn(known.path, place))
    }
  }

  private static let volumeFolder = "/var/lib/kubelet/pods"

  /// Whether the volumes of other pods are below it, or some of them.
  package var leadsToVolumes: Bool {
    let place = place
    return place == "/" || Self.isIn(Self.volumeFolder, place) || Self.isIn(place, Self.volumeFolder)
  }
}
