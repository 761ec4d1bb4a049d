/// A file that anybody may run with the rights of its owner or group, or a file or folder that anybody may change.
package struct FileExposure: Sendable, Equatable {
  package let path: String
  /// Permissions with set-user-id, set-group-id and sticky bits.
  package let mode: Int
  package let isFolder: Bool
  /// Index of the layer that brought it, from the bottom.
  package var layer = 0
  /// Whether it came with a package of the distribution.
  package var isOwned = false

  package static let setUser = 0o4000
  package static let setGroup = 0o2000
  private static let sticky = 0o1000
  private static let othersWrite = 0o002
  private static let anybodyRuns = 0o111

  /// Whether anybody may execute a set-user-id or set-group-id file.
  package var runsAsOwner: Bool {
    !isFolder && mode & (Self.setUser | Self.setGroup) != 0 && mode & Self.anybodyRuns != 0
  }
  /// Whether anybody may write to it; a folder with the sticky bit does not count.
  package var isWritable: Bool { mode & Self.othersWrite != 0 && !(isFolder && mode & Self.sticky != 0) }

  /// - Parameter path: from the root, without a leading slash.
  /// - Returns: nil for what is nothing out of the common.
  package init?(path: String, mode: Int, isFolder: Bool) {
    self.path = path
    self.mode = mode & 0o7777
    self.isFolder = isFolder
    guard runsAsOwner || isWritable, !Self.isForAll(path) else { return nil }
  }

  /// What a system means to be written by anybody.
  private static func isForAll(_ path: String) -> Bool {
    ["dev/", "proc/", "sys/"].contains { path.hasPrefix($0) }
  }
}
