/// What a list of a package's files says of the package.
enum FileList {
  /// Whether nothing in it runs, or is built into what runs: headers, documentation, translations, time zones.
  ///
  /// - Parameter paths: from the root, without a leading slash; folders stand before what is in them.
  static func holdsNoCode(_ paths: some BidirectionalCollection<String>) -> Bool {
    var files = 0
    var place = paths.startIndex
    while place < paths.endIndex {
      let path = paths[place]
      place = paths.index(after: place)
      // A folder is followed by its content.
      if path.isEmpty || path == "." || place < paths.endIndex && paths[place].hasPrefix(path + "/") { continue }
      files += 1
      guard silent.contains(where: { path.hasPrefix($0) }) else { return false }
    }
    return files > 0
  }

  private static let silent = [
    "usr/include/", "usr/share/doc/", "usr/share/man/", "usr/share/info/", "usr/share/locale/", "usr/share/lintian/",
    "usr/share/doc-base/", "usr/share/bug/", "usr/share/help/", "usr/share/gtk-doc/", "usr/share/licenses/",
    "usr/share/common-licenses/", "usr/share/zoneinfo/", "usr/share/i18n/", "usr/share/fonts/", "usr/share/icons/",
    "usr/share/pixmaps/", "usr/share/pkgconfig/", "usr/lib/linux/uapi/",
  ]

  /// Whether it puts files where distributions put none: add-on software lies in `/opt`.
  ///
  /// Source: Filesystem Hierarchy Standard 3.0, section 3.13.
  static func isAddOn(_ paths: some Sequence<String>) -> Bool { paths.contains { $0.hasPrefix("opt/") } }
}
