import Transport

extension FilePaths {
  /// Whether the path is a regular file, or a link to one.
  static func isPlainFile(_ path: String) -> Bool {
    FileStatus(path)?.kind == .file
  }
}
