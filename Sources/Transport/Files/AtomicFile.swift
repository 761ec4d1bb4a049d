import Glibc

/// A file that comes about whole or not at all: it is written beside its place and put there by one rename.
final class AtomicFile {
  private let path: String
  private let temporary: String
  private let descriptor: Int32
  private var isFinished = false

  /// - Parameters:
  ///   - path: where it shall stand; what stands there is replaced, whatever it is.
  ///   - mode: the rights of a new file, of which the mask of the process takes away.
  /// - Throws: when nothing can be made in its folder.
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

  /// Gives it the owner and the rights of another file.
  func copyRights(of other: stat) throws(SystemError) {
    var own = stat()
    guard fstat(descriptor, &own) == 0 else { throw .last }
    if own.st_uid != other.st_uid || own.st_gid != other.st_gid {
      guard fchown(descriptor, other.st_uid, other.st_gid) == 0 else { throw .last }
    }
    guard fchmod(descriptor, other.st_mode & 0o7777) == 0 else { throw .last }
  }

  /// Puts it in its place.
  ///
  /// - Parameter isDurable: whether it is on the disk by then, so that not even a loss of power leaves half of it.
  func finish(isDurable: Bool) throws(SystemError) {
    // Some file systems have nothing to be synchronised.
    if isDurable, fsync(descriptor) != 0, errno != EINVAL, errno != EROFS { throw .last }
    guard rename(temporary, path) == 0 else { throw .last }
    isFinished = true
    close(descriptor)
  }

  /// Gives what was written, in pieces, where it cannot be put in its place.
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
