import Findings
import Kube

extension NodeEscape {
  /// A file that is opened by its handle instead of its path is not looked for within the container's own tree.
  static let openByHandle = capability(
    "open-by-handle", "Opens files of the node by their handles", "DAC_READ_SEARCH",
    "may open any file of the node by its handle",
    [Reference("open_by_handle_at(2)", "https://man7.org/linux/man-pages/man2/open_by_handle_at.2.html")])
}
