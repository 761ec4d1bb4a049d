package import Findings
import Glibc

/// Reads files of any size piece by piece.
package enum FileStream {
  private static let pieceBytes = 1 << 18

  /// Reads what the user named: a file, a pipe, or `-` for standard input.
  ///
  /// - Parameter body: receives the pieces in order, and returns whether to continue.
  /// - Throws: `input` with a sentence that does not name the file, and whatever the body throws.
  package static func readNamed(
    _ path: String, _ body: (RawSpan) throws(BartizanError) -> Bool
  ) throws(BartizanError) {
    if path == "-" { return try read(FileReader.standardInput, body) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw BartizanError(.input, FileReader.lastError()) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw BartizanError(.input, FileReader.lastError()) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw BartizanError(.input, "is a folder") }
    try read(descriptor, body)
  }

  /// Reads a file that was found rather than named. It must be a regular file, and not a link to one.
  package static func readPlain(
    _ path: String, _ body: (RawSpan) throws(BartizanError) -> Bool
  ) throws(BartizanError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else {
      throw BartizanError(.input, errno == ELOOP ? "a link; it was not followed" : FileReader.lastError())
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw BartizanError(.input, "not a plain file")
    }
    try read(descriptor, body)
  }

  private static func read(
    _ descriptor: Int32, _ body: (RawSpan) throws(BartizanError) -> Bool
  ) throws(BartizanError) {
    var buffer = [UInt8](repeating: 0, count: pieceBytes)
    while true {
      let got = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw BartizanError(.input, FileReader.lastError()) }
      if got == 0 { return }
      guard try body(buffer.span.bytes.extracting(0..<got)) else { return }
    }
  }
}
