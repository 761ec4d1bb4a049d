import Findings
import Glibc

/// Folders that commands write into.
enum Folder {
  /// Makes a folder and those above it; one that is there is left as it is.
  static func make(_ path: String) throws(BartizanError) {
    var current = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      current += "/" + part
      guard mkdir(current, 0o755) == 0 || errno == EEXIST else {
        throw BartizanError(.input, "\(current): \(String(cString: strerror(errno)))")
      }
    }
  }
}
