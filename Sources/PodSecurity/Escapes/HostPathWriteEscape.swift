import Findings
import Kube

extension NodeEscape {
  static let hostPathWrite = NodeEscape(
    id: "host-path-write", title: "Writes to a sensitive path of the node", gain: .node, attack: .mitre("T1611"),
    references: [.kubeHound("EXPLOIT_HOST_WRITE"), .kubeHound("CE_UMH_CORE_PATTERN")]
  ) { pod in
    HostPathMount.all(in: pod).filter { $0.isSensitive && !$0.readOnly }.map {
      ("it may write to \($0.path) of the node", $0.evidence)
    }
  }
}
