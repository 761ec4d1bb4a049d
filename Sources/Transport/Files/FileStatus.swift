import Glibc

/// What the file system says of a path.
package struct FileStatus: Sendable {
  /// Types of files.
  package enum Kind: Sendable {
    case file
    case folder
    case link
    /// A device, a pipe or a socket.
    case special
  }

  package let kind: Kind
  /// Type and permissions, as `stat(2)` has them.
  package let mode: Int
  /// In bytes.
  package let size: Int
  /// Numbers of the owner and of the group.
  package let owner: UInt32
  package let group: UInt32
  /// Seconds since 1970 of the last change of its content.
  package let modified: Int
  /// Seconds since 1970 of the last change of its content or of what is said of it. Nobody but the system sets it.
  package let changed: Int
  /// Nanoseconds of both times, and which file it is on which device.
  private let rest: [UInt64]

  /// What is another text once the file is another, or was written to: its device, number, size and times.
  package var stamp: String {
    ([size, modified, changed].map(String.init) + rest.map(String.init)).joined(separator: ":")
  }

  /// Which file it is, whatever name leads to it: the numbers of its device and of itself.
  package var identity: [UInt64] { Array(rest.suffix(2)) }

  /// - Parameter followsLinks: whether a link is asked for, or what it leads to.
  /// - Returns: nil, with `errno` set, where there is nothing of that name, or it may not be looked at.
  package init?(_ path: String, followsLinks: Bool = true) {
    var status = stat()
    let result = FileName.withBytes(of: path) { followsLinks ? stat($0, &status) : lstat($0, &status) }
    guard result == 0 else { return nil }
    self.init(status)
  }

  /// - Returns: nil, with `errno` set, for a descriptor that is not open.
  package init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .link
      default: .special
      }
    mode = Int(status.st_mode)
    size = Int(status.st_size)
    owner = status.st_uid
    group = status.st_gid
    modified = Int(status.st_mtim.tv_sec)
    changed = Int(status.st_ctim.tv_sec)
    rest = [
      UInt64(truncatingIfNeeded: status.st_mtim.tv_nsec), UInt64(truncatingIfNeeded: status.st_ctim.tv_nsec),
      UInt64(status.st_dev), UInt64(status.st_ino),
    ]
  }
}
