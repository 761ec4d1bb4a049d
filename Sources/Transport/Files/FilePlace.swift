import Glibc

/// What is at a path that the user wants to write to.
struct FilePlace {
  enum Kind {
    /// Nothing; the path with links resolved.
    case new(String)
    /// A regular file with a single name; the path with links resolved.
    case plain(String, stat)
    /// Something that must not be replaced: a device, a pipe, a socket, a file with several names, or an open file of a
    /// process.
    case inPlace(String)
  }

  let kind: Kind

  init(_ path: String) throws(FileWriter.Failure) {
    var status = stat()
    guard FileName.withBytes(of: path, { stat($0, &status) }) == 0 else {
      let reason = SystemError.last
      guard reason.number == ENOENT else { throw .opening(reason) }
      kind = .new(try Self.target(path))
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: throw .opening(SystemError(EISDIR))
    // A name that is no text is kept by writing to the file.
    case S_IFREG where status.st_nlink == 1 && !Self.isOfProcess(path) && !FileName.isEscaped(path):
      guard access(path, W_OK) == 0 else { throw .opening(.last) }
      kind = FilePaths.real(path).map { .plain($0, status) } ?? .inPlace(path)
    default: kind = .inPlace(path)
    }
  }

  /// The path at which a new file may replace what is there; nil for a device, a pipe or a socket.
  var replaceable: String? {
    switch kind {
    case .new(let path), .plain(let path, _): path
    case .inPlace(let path):
      FilePaths.real(path).flatMap { real in
        var status = stat()
        return FileName.withBytes(of: real, { stat($0, &status) }) == 0 && status.st_mode & S_IFMT == S_IFREG
          && !FileName.isEscaped(real) ? real : nil
      }
    }
  }

  /// The target of a link to a file that does not exist yet.
  private static func target(_ path: String) throws(FileWriter.Failure) -> String {
    var path = path
    for _ in 0..<40 {
      guard let next = FilePaths.linkTarget(path) else { return path }
      path = FilePaths.absolute(next, from: FilePaths.folder(of: path))
    }
    throw .opening(SystemError(ELOOP))
  }

  /// Whether a path goes through the open files of a process, like `/dev/stdout`, `/dev/fd/63` and `/proc/self/fd/1`.
  /// It then means the open file, not the name that the file was opened by.
  private static func isOfProcess(_ path: String) -> Bool {
    var path = path
    for _ in 0..<40 {
      if FilePaths.real(FilePaths.folder(of: path))?.hasPrefix("/proc/") == true { return true }
      guard let next = FilePaths.linkTarget(path) else { return false }
      path = FilePaths.absolute(next, from: FilePaths.folder(of: path))
    }
    return false
  }

  /// The descriptor of this process that a path names; nil for any other path.
  static func openDescriptor(_ path: String) -> Int32? {
    switch path {
    case "/dev/stdout": STDOUT_FILENO
    case "/dev/stderr": STDERR_FILENO
    default:
      ["/dev/fd/", "/proc/self/fd/"].lazy.filter { path.hasPrefix($0) }.compactMap { Int32(path.dropFirst($0.count)) }
        .first
    }
  }
}
