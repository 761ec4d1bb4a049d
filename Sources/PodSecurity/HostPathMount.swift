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

  private static let sensitive: Set<String> = [
    "/", "/boot", "/dev", "/etc", "/home", "/lib", "/proc", "/root", "/sys", "/usr", "/usr/lib", "/var", "/var/lib",
    "/var/log", "/opt",
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
  ]

  /// Whether the path holds credentials of the node, its processes, secrets of other pods, or files that it runs at
  /// boot.
  package var isSensitive: Bool {
    Self.sensitive.contains(path)
      || Self.sensitiveTrees.contains { path == $0 || path.hasPrefix($0 + "/") || path.hasPrefix($0 + ".") }
  }

  private static let credentialFolders: Set<String> = ["/", "/etc", "/home", "/root", "/var", "/var/lib", "/proc"]
  private static let credentialTrees = [
    "/etc/kubernetes", "/etc/ssh", "/etc/shadow", "/root", "/home", "/var/lib/kubelet", "/var/lib/etcd",
    "/var/lib/docker", "/var/lib/containerd", "/var/lib/rancher", "/proc",
  ]

  /// Whether reading it is enough to harm the node: for what else it holds, an attacker has to write.
  package var isDangerousToRead: Bool { holdsCredentials || path == "/dev" || path.hasPrefix("/dev/") }

  /// Whether credentials are at or below the path: tokens of pods, keys of the kubelet or of users, environments of
  /// processes.
  ///
  /// Source: KubeHound, EXPLOIT_HOST_READ and EXPLOIT_HOST_TRAVERSE, and the default locations of kubelet, kubeadm, k3s
  /// and container runtimes.
  package var holdsCredentials: Bool {
    Self.credentialFolders.contains(path)
      || Self.credentialTrees.contains { path == $0 || path.hasPrefix($0 + "/") }
  }
}
