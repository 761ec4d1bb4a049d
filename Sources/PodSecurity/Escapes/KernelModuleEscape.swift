import Findings
import Kube

extension NodeEscape {
  static let kernelModule = capability(
    "kernel-module", "Loads code into the kernel", "SYS_MODULE", "may load code into the node's kernel",
    [.kubeHound("CE_MODULE_LOAD")])
}
