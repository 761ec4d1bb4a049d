import Findings
import Kube

extension NodeEscape {
  /// Root at the bus of the system has systemd start any program as root. A read-only mount does not prevent connections. Without
  /// root, or with a root that is not the node's, the bus asks for more.
  static let systemBus = NodeEscape(
    id: "system-bus", title: "Socket of the system bus or of systemd", gain: .node, attack: .mitre("T1611"),
    references: [
      Reference(
        "org.freedesktop.systemd1",
        "https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.systemd1.html")
    ]
  ) { pod in
    guard pod.mayBeRootOfNode else { return [] }
    return HostPathMount.all(in: pod).compactMap { mount in
      mount.systemBus.map {
        ("it mounts \($0 == mount.path ? $0 : "\(mount.path), which holds \($0),") of the node", mount.evidence)
      }
    }
  }
}

extension HostPathMount {
  /// Of D-Bus and of systemd itself. `/var/run` is a link to `/run`.
  private static let buses = ["/run/dbus/system_bus_socket", "/run/systemd/private"]

  /// The socket at or below the path; nil where there is none.
  fileprivate var systemBus: String? { socket(among: Self.buses) }
}
