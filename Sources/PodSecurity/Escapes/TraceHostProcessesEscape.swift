import Bytes
import Findings
import Kube

extension NodeEscape {
  /// With the capability to trace, a process of the node is made to run anything. AppArmor's default profile forbids it where the
  /// node has AppArmor, which no manifest tells.
  static let traceHostProcesses = NodeEscape(
    id: "trace-host-processes", title: "Traces processes of the node", gain: .node, attack: .mitre("T1611"),
    references: [.kubeHound("CE_SYS_PTRACE")]
  ) { pod in
    guard pod.sharesHostProcesses else { return [] }
    return pod.holders(of: ["SYS_PTRACE"]).map {
      ("container \"\($0.container.name)\" may trace the node's processes (hostPID, SYS_PTRACE)", $0.evidence)
    }
  }
}

extension PodTemplate {
  var sharesHostProcesses: Bool { !isWindows && spec["hostPID"]?.bool == true }
}
