import Glibc

/// What stands at a path that somebody named to be written to.
struct FilePlace {
  enum Kind {
    /// Nothing; the path without links.
    case new(String)
    /// A file with one name; the path without links.
    case plain(String, stat)
    /// What must not be replaced: a device, a pipe, a socket, a file with several names, and what a process has open.
    case inPlace(String)
  }

  let kind: Kind

  init(_ path: String) throws(FileWriter.Failure) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      let reason = SystemError.last
      guard reason.number == ENOENT else { throw .opening(reason) }
      kind = .new(try Self.target(path))
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: throw .opening(SystemError(EISDIR))
    case S_IFREG where status.st_nlink == 1 && !Self.isOfProcess(path):
      guard access(path, W_OK) == 0 else { throw .opening(.last) }
      kind = FilePaths.real(path).map { .plain($0, status) } ?? .inPlace(path)
    default: kind = .inPlace(path)
    }
  }

  /// Where a new file may be put in the place of what stands there; nil for a device, a pipe or a socket.
  var replaceable: String? {
    switch kind {
    case .new(let path), .plain(let path, _): path
    case .inPlace(let path):
      FilePaths.real(path).flatMap { real in
        var status = stat()
        return stat(real, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? real : nil
      }
    }
  }

  /// Where a link leads behind which nothing stands yet.
  private static func target(_ path: String) throws(FileWriter.Failure) -> String {
    var path = path
    for _ in 0..<40 {
      guard let next = FilePaths.linkTarget(path) else { return path }
      path = FilePaths.absolute(next, from: FilePaths.folder(of: path))
    }
    throw .opening(SystemError(ELOOP))
  }

  /// Whether a path leads through the open files of a process, as `/dev/stdout`, `/dev/fd/63` and `/proc/self/fd/1` do: what
  /// it names is the open file, not the name that the file once had.
  private static func isOfProcess(_ path: String) -> Bool {
    var path = path
    for _ in 0..<40 {
      if FilePaths.real(FilePaths.folder(of: path))?.hasPrefix("/proc/") == true { return true }
      guard let next = FilePaths.linkTarget(path) else { return false }
      path = FilePaths.absolute(next, from: FilePaths.folder(of: path))
    }
    return false
  }

  /// The number of this process's own open file that a path names.
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
