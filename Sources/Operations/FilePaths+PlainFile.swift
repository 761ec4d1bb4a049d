import Glibc
import Transport

extension FilePaths {
  /// Whether the path is a regular file, or a link to one.
  static func isPlainFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
