import Findings
import Glibc
import Synchronization

/// The right to write to a store, which one process has at a time. It ends with the process, however that ends.
final class StoreLock: Sendable {
  /// Nil once it is given back.
  private let held: Mutex<Int32?>

  /// - Throws: `storeLocked` where another process has it.
  init(_ folder: String) throws(BartizanError) {
    let file = folder + "/lock"
    let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw EventFolder.failure(file) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      var buffer = [UInt8](repeating: 0, count: 32)
      let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      close(descriptor)
      let holder = String(decoding: buffer[..<max(0, count)], as: UTF8.self).filter(\.isNumber)
      throw BartizanError(
        .storeLocked,
        "\(folder): another process writes to this store\(holder.isEmpty ? "" : " (process \(holder))"); stop it, or name another folder"
      )
    }
    let text = Array("\(getpid())\n".utf8)
    ftruncate(descriptor, 0)
    // Only for the message above.
    _ = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    held = Mutex(descriptor)
  }

  deinit { release() }

  /// Gives the right back.
  func release() {
    held.withLock { descriptor in
      if let descriptor { close(descriptor) }
      descriptor = nil
    }
  }
}
