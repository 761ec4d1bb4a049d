import Findings
import Kube

extension NodeEscape {
  /// Whoever can connect to the socket starts a privileged container. Mounting it read-only does not keep anybody from connecting,
  /// and a read-only mount of a folder above it does not either.
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
  /// Where container runtimes listen: Docker, containerd, CRI-O, cri-dockerd, Podman, and what k3s, RKE2, k0s and MicroK8s make of
  /// containerd. `/var/run` is a link to `/run`.
  private static let sockets = [
    "/run/docker.sock", "/run/containerd/containerd.sock", "/run/crio/crio.sock", "/run/cri-dockerd.sock",
    "/run/podman/podman.sock", "/run/k3s/containerd/containerd.sock", "/run/k0s/containerd.sock",
    "/run/dockershim.sock", "/run/containerd/containerd.sock.ttrpc",
    "/var/snap/microk8s/common/run/containerd.sock",
  ]
  /// Named pipes of the runtimes on Windows.
  private static let pipes = ["docker_engine", "containerd-containerd"]

  /// The socket of a container runtime that lies at the path or below it; nil for none.
  package var runtimeSocket: String? {
    let pipe = path.split { $0 == "\\" || $0 == "/" }.suffix(2)
    if pipe.count == 2, pipe.first == "pipe", let name = pipe.last, Self.pipes.contains(String(name)) { return path }
    let isLinked = path == "/var/run" || path.hasPrefix("/var/run/")
    let real = isLinked ? String(path.dropFirst(4)) : path
    // Folders that nearly every node has for other reasons.
    guard real != "/var", real != "/var/snap",
      let socket = Self.sockets.first(where: { $0 == real || real == "/" || $0.hasPrefix(real + "/") })
    else { return nil }
    return isLinked ? "/var" + socket : socket
  }
}
