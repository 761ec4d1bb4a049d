package import Findings
import Glibc

/// A file or a part of one, read piece by piece.
package final class FilePart {
  private let descriptor: Int32
  /// Bytes of the part; a file that shrinks meanwhile ends earlier.
  package let length: Int
  private let start: Int

  /// - Parameter range: bytes of the file; nil for all.
  /// - Throws: when it cannot be opened, or is not a regular file.
  package init(_ path: String, range: Range<Int>? = nil) throws(BartizanError) {
    // Opening a pipe without a writer would block forever.
    descriptor = FilePaths.descriptor(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw BartizanError(.input, FileReader.lastError()) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw BartizanError(.input, "not a plain file")
    }
    start = range?.lowerBound ?? 0
    length = range?.count ?? Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// - Returns: number of bytes read, 0 at the end.
  package func read(_ buffer: inout [UInt8], at offset: Int) throws(BartizanError) -> Int {
    let count = min(buffer.count, length - offset)
    guard count > 0 else { return 0 }
    while true {
      let got = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, count, off_t(start + offset)) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw BartizanError(.input, FileReader.lastError()) }
      return got
    }
  }

  /// Passes all bytes to `body`, in order.
  package func pump(_ body: (RawSpan) throws(BartizanError) -> Void) throws(BartizanError) {
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var offset = 0
    while true {
      let got = try read(&buffer, at: offset)
      if got == 0 { return }
      try body(buffer.span.bytes.extracting(0..<got))
      offset += got
    }
  }
}
