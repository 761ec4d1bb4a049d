import Findings
import Kube

extension NodeEscape {
  static let rawHardware = capability(
    "raw-hardware", "Talks to the node's hardware", "SYS_RAWIO", "may talk to the node's hardware past the kernel",
    [Reference("capabilities(7)", "https://man7.org/linux/man-pages/man7/capabilities.7.html")])
}
