import Findings
import Kube

extension NodeEscape {
  static let hostPathRead = NodeEscape(
    id: "host-path-read", title: "Reads credentials of the node", gain: .credentials, attack: .mitre("T1552"),
    references: [.kubeHound("EXPLOIT_HOST_READ"), .kubeHound("EXPLOIT_HOST_TRAVERSE")]
  ) { pod in
    HostPathMount.all(in: pod).filter { $0.readOnly && $0.holdsCredentials }.map {
      ("it may read \($0.path) of the node, where credentials lie", $0.evidence)
    }
  }
}
