import Findings
import Kube

extension NodeEscape {
  /// Processes of other pods that are not mightier show their environment and, by `/proc/PID/root`, their files.
  static let hostProcesses = NodeEscape(
    id: "host-processes", title: "Sees processes of the node", gain: .credentials, attack: .mitre("T1552"),
    references: [
      Reference(
        "Pod Security Standards: host namespaces",
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline")
    ]
  ) { pod in
    pod.sharesHostProcesses
      ? [("it shares the node's processes (hostPID), with the credentials in them", pod.evidence("hostPID"))] : []
  }
}
