package import Bytes
package import Findings
import Glibc

/// Reads whole files, within limits.
package enum FileReader {
  /// - Throws: a sentence that says why the file cannot be read, without its name.
  package static func read(_ path: String, limits: Limits = .standard) throws(BartizanError) -> [UInt8] {
    let descriptor = FilePaths.descriptor(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw BartizanError(.input, lastError()) }
    defer { close(descriptor) }
    return try read(descriptor: descriptor, limits: limits)
  }

  /// Reads a file that was found rather than named by the user. It must be a regular file, and not a link to one.
  ///
  /// - Throws: a sentence that says why it cannot be read. A pipe or device is refused at once.
  package static func readPlain(_ path: String, limits: Limits = .standard) throws(BartizanError) -> [UInt8] {
    let descriptor = FilePaths.descriptor(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else {
      throw BartizanError(.input, errno == ELOOP ? "a link; it was not followed" : lastError())
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw BartizanError(.input, "not a plain file")
    }
    return try read(descriptor: descriptor, limits: limits)
  }

  /// The descriptor of standard input, which tests replace.
  @TaskLocal package static var standardInput: Int32 = STDIN_FILENO

  /// - Throws: `input` when it cannot be read, or exceeds `limits.inputBytes`.
  package static func readStandardInput(limits: Limits = .standard) throws(BartizanError) -> [UInt8] {
    try read(descriptor: standardInput, limits: limits)
  }

  private static func read(descriptor: Int32, limits: Limits) throws(BartizanError) -> [UInt8] {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw BartizanError(.input, lastError()) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw BartizanError(.input, "is a folder") }
    let size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : 0
    guard size <= limits.inputBytes else { throw tooLarge(limits) }
    var failure: BartizanError?
    var bytes: [UInt8] = []
    if size > 0 {
      bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        while count < size {
          let got = Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
          if got < 0, errno == EINTR { continue }
          if got < 0 { failure = BartizanError(.input, lastError()) }
          if got <= 0 { return }
          count += got
        }
      }
      if let failure { throw failure }
    }
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = Glibc.read(descriptor, &chunk, chunk.count)
      if got < 0, errno == EINTR { continue }
      if got < 0 { throw BartizanError(.input, lastError()) }
      if got == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<got])
      if bytes.count > limits.inputBytes { throw tooLarge(limits) }
    }
  }

  private static func tooLarge(_ limits: Limits) -> BartizanError {
    BartizanError(
      .input, "larger than the limit of \(limits.inputBytes >> 20) MiB; split it or point at the part you mean")
  }

  /// The text of `errno`; call it right after the failed call.
  package static func lastError() -> String { String(cString: strerror(errno)) }
}
