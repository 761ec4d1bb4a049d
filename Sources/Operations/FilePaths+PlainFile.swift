import Glibc
import Transport

extension FilePaths {
  /// Whether a path, or what a link there leads to, is a plain file.
  static func isPlainFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
