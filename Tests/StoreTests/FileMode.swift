import Glibc

enum FileMode {
  /// The permissions of a file; nil where there is none.
  static func of(_ path: String) -> UInt32? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
  }
}
