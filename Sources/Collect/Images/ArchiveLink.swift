import Bytes

/// Links within archives: older programs write a layer that two images share once.
enum ArchiveLink {
  /// Where a symbolic link leads, from the root of the archive; nil where it leads out.
  static func target(_ entry: TarEntry) -> String? {
    guard !entry.target.hasPrefix("/") else { return nil }
    var parts = entry.path.split(separator: "/").dropLast()
    for part in entry.target.split(separator: "/") where part != "." {
      if part == ".." {
        guard parts.popLast() != nil else { return nil }
      } else {
        parts.append(part)
      }
    }
    return parts.joined(separator: "/")
  }
}
