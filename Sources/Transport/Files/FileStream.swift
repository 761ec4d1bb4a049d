package import Findings
import Glibc

/// A file of any size, read piece by piece.
package final class FileStream {
  private let descriptor: Int32
  private let isOwned: Bool

  /// - Parameter path: what the user named: a file, a pipe, or `-` for standard input.
  /// - Throws: `input` with a sentence that does not name the file.
  package init(named path: String) throws(BartizanError) {
    if path == "-" {
      descriptor = FileReader.standardInput
      isOwned = false
      return
    }
    descriptor = FilePaths.descriptor(path, O_RDONLY | O_CLOEXEC)
    isOwned = true
    guard descriptor >= 0 else { throw BartizanError(.input, FileReader.lastError()) }
    var status = stat()
    let isFolder = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    if isFolder {
      close(descriptor)
      throw BartizanError(.input, "is a folder")
    }
  }

  /// - Parameter path: of a file that was found rather than named. It must be a regular file, and not a link to one.
  package init(found path: String) throws(BartizanError) {
    descriptor = FilePaths.descriptor(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
    isOwned = true
    guard descriptor >= 0 else {
      throw BartizanError(.input, errno == ELOOP ? "a link; it was not followed" : FileReader.lastError())
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw BartizanError(.input, "not a plain file")
    }
  }

  deinit { if isOwned, descriptor >= 0 { close(descriptor) } }

  /// Reads the next bytes into a buffer.
  ///
  /// - Returns: their number, 0 at the end.
  package func read(_ buffer: inout [UInt8]) throws(BartizanError) -> Int {
    while true {
      let got = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw BartizanError(.input, FileReader.lastError()) }
      return got
    }
  }
}
