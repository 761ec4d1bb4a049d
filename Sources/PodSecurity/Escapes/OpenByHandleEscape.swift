import Findings
import Kube

extension NodeEscape {
  /// Opening a file by handle instead of by path is not confined to the container's own file system.
  static let openByHandle = capability(
    "open-by-handle", "Opens files of the node by their handles", "DAC_READ_SEARCH",
    "may open any file of the node by its handle",
    [Reference("open_by_handle_at(2)", "https://man7.org/linux/man-pages/man2/open_by_handle_at.2.html")])
}
