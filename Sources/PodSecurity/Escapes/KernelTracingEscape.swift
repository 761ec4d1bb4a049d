import Findings
import Kube

extension NodeEscape {
  static let kernelTracing = NodeEscape(
    id: "kernel-tracing", title: "Traces the kernel", gain: .credentials, attack: .mitre("T1552"),
    references: [Reference("capabilities(7)", "https://man7.org/linux/man-pages/man7/capabilities.7.html")]
  ) { pod in
    pod.holders(of: ["BPF", "PERFMON"]).map {
      (
        "container \"\($0.container.name)\" may read the memory of every process of the node (BPF, PERFMON)",
        $0.evidence
      )
    }
  }
}
