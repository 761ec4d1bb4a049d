import Bytes
import Findings
import Kube

extension NodeEscape {
  /// `/proc/sys/kernel/core_pattern`, which an unmasked `/proc` lets root write, names a program that the node runs as root.
  static let unmaskedProc = NodeEscape(
    id: "unmasked-proc", title: "Writes the kernel's settings", gain: .node, attack: .mitre("T1611"),
    references: [.kubeHound("CE_UMH_CORE_PATTERN")]
  ) { pod in
    guard !pod.isWindows, !pod.hasUserNamespace else { return [] }
    return pod.containers.filter { $0.securityContext?["procMount"]?.string == "Unmasked" }.map {
      ("container \"\($0.name)\" may write the kernel's settings in /proc", $0.evidence("securityContext", "procMount"))
    }
  }
}
