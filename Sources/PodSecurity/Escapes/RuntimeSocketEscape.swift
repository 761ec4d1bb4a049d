import Findings
import Kube

extension NodeEscape {
  /// Whoever can connect to the socket can start a privileged container. A read-only mount of the socket, or of a
  /// folder above it, does not prevent connections.
  static let runtimeSocket = NodeEscape(
    id: "runtime-socket", title: "Socket of the container runtime", gain: .node, attack: .mitre("T1611"),
    references: [
      Reference(
        "Docker: protect the daemon's socket", "https://docs.docker.com/engine/security/protect-access/")
    ]
  ) { pod in
    HostPathMount.all(in: pod).compactMap { mount in
      mount.runtimeSocket.map {
        ("it mounts \($0 == mount.path ? $0 : "\(mount.path), which holds \($0),") of the node", mount.evidence)
      }
    }
  }
}

extension HostPathMount {
  /// Sockets of container runtimes: Docker, containerd, CRI-O, cri-dockerd, Podman, and containerd as in k3s, RKE2, k0s
  /// and MicroK8s. `/var/run` is a link to `/run`.
  private static let sockets = [
    "/run/docker.sock", "/run/containerd/containerd.sock", "/run/crio/crio.sock", "/run/cri-dockerd.sock",
    "/run/podman/podman.sock", "/run/k3s/containerd/containerd.sock", "/run/k0s/containerd.sock",
    "/run/dockershim.sock", "/run/containerd/containerd.sock.ttrpc", "/run/containerd/s", "/run/podman/io.podman",
    "/run/buildkit/buildkitd.sock", "/var/snap/microk8s/common/run/containerd.sock",
  ]
  /// Named pipes of container runtimes on Windows.
  private static let pipes = ["docker_engine", "containerd-containerd", "dockershim"]

  /// The runtime socket at or below the path; nil where there is none.
  package var runtimeSocket: String? {
    let pipe = path.split { $0 == "\\" || $0 == "/" }.suffix(2)
    if pipe.count == 2, pipe.first == "pipe", let name = pipe.last, Self.pipes.contains(String(name)) { return path }
    return socket(among: Self.sockets)
  }

  /// The first of some sockets at or below the path, as the path spells it; nil where there is none.
  func socket(among sockets: [String]) -> String? {
    let isLinked = path == "/var/run" || path.hasPrefix("/var/run/")
    let real = isLinked ? String(path.dropFirst(4)) : path
    // Folders that pods mount for many other reasons.
    guard real != "/var", real != "/var/snap",
      let socket = sockets.first(where: { $0 == real || real == "/" || $0.hasPrefix(real + "/") })
    else { return nil }
    return isLinked ? "/var" + socket : socket
  }
}
