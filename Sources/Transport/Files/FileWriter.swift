import Glibc

/// Writes files that nobody else may read.
package enum FileWriter {
  /// - Returns: whether all of it was written.
  package static func write(_ bytes: [UInt8], to path: String, making folder: String) -> Bool {
    var parts = ""
    for part in folder.split(separator: "/") {
      parts += (parts.isEmpty && !folder.hasPrefix("/") ? "" : "/") + part
      mkdir(parts, 0o700)
    }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var start = 0
    while start < bytes.count {
      let written = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + start }, bytes.count - start)
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else {
        unlink(path)
        return false
      }
      start += written
    }
    return true
  }
}
