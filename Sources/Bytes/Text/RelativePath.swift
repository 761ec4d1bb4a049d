/// Paths that files of a tree name, from the root of the tree.
package enum RelativePath {
  /// Where a path leads that is meant from a folder; nil for one that is absolute or leads out of the tree.
  ///
  /// - Parameter folder: from the root; empty for the root.
  package static func resolve(_ target: String, in folder: String) -> String? {
    guard target.utf8.first != UInt8(ascii: "/") else { return nil }
    var parts = folder.split(separator: "/").map(String.init)
    for part in target.split(separator: "/") where part != "." {
      if part != ".." { parts.append(String(part)) } else if parts.popLast() == nil { return nil }
    }
    return parts.joined(separator: "/")
  }
}
