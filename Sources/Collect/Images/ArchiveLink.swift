import Bytes

/// Links within archives: older programs write a layer that two images share only once.
enum ArchiveLink {
  /// The target of a symbolic link, from the root of the archive; nil where it leaves the archive.
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
