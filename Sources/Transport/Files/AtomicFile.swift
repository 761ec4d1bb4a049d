import Glibc

/// A file that is written completely or not at all: it is written next to its destination and renamed.
final class AtomicFile {
  private let path: String
  private let temporary: String
  private let descriptor: Int32
  private var isFinished = false

  /// - Parameters:
  ///   - path: the destination; whatever is there is replaced.
  ///   - mode: permissions of a new file, before the umask.
  /// - Throws: when no file can be created in its folder.
  init(_ path: String, mode: mode_t) throws(SystemError) {
    self.path = path
    var made: (path: String, descriptor: Int32)?
    for _ in 0..<100 {
      let name = "\(path).\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
      let descriptor = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
      if descriptor >= 0 {
        made = (name, descriptor)
        break
      }
      guard errno == EEXIST else { throw .last }
    }
    guard let made else { throw SystemError(EEXIST) }
    temporary = made.path
    descriptor = made.descriptor
  }

  deinit {
    guard !isFinished else { return }
    close(descriptor)
    unlink(temporary)
  }

  func write(_ bytes: [UInt8]) throws(SystemError) { try FileWriter.write(bytes, to: descriptor) }

  /// Copies the owner and permissions of another file.
  func copyRights(of other: stat) throws(SystemError) {
    var own = stat()
    guard fstat(descriptor, &own) == 0 else { throw .last }
    if own.st_uid != other.st_uid || own.st_gid != other.st_gid {
      guard fchown(descriptor, other.st_uid, other.st_gid) == 0 else { throw .last }
    }
    guard fchmod(descriptor, other.st_mode & 0o7777) == 0 else { throw .last }
  }

  /// Moves the file to its destination.
  ///
  /// - Parameter isDurable: whether it must be on the disk by then, so that a power failure cannot leave half of it.
  func finish(isDurable: Bool) throws(SystemError) {
    // Some file systems cannot be synchronised.
    if isDurable, fsync(descriptor) != 0, errno != EINVAL, errno != EROFS { throw .last }
    guard rename(temporary, path) == 0 else { throw .last }
    isFinished = true
    close(descriptor)
  }

  /// Reads back what was written, for a destination that cannot be renamed over.
  func pieces(_ body: ([UInt8]) throws(SystemError) -> Void) throws(SystemError) {
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var offset = 0
    while true {
      let got = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw .last }
      if got == 0 { return }
      try body(Array(buffer[..<got]))
      offset += got
    }
  }
}
