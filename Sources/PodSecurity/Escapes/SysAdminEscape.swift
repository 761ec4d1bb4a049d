import Findings
import Kube

extension NodeEscape {
  static let sysAdmin = capability(
    "sys-admin", "Mounts file systems of the node", "SYS_ADMIN", "may mount the node's file systems",
    [Reference("capabilities(7)", "https://man7.org/linux/man-pages/man7/capabilities.7.html")])
}
