import Bytes

/// Paths that files of a project name, from the root of what was scanned.
enum ProjectPath {
  /// The folder of a path; empty for the root.
  static func folder(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }

  /// Where a path leads that a file names: nil for one that leads out of what was scanned, or is absolute.
  static func resolve(_ target: String, from file: String) -> String? {
    target.hasPrefix("~") ? nil : RelativePath.resolve(target, in: folder(file))
  }

  /// The folder of a file and those that it lies in, up to the root, which is empty.
  static func foldersAbove(_ path: String) -> [String] {
    var found: [String] = []
    var rest = folder(path)
    while !rest.isEmpty {
      found.append(rest)
      rest = folder(rest)
    }
    return found + [""]
  }

  /// A name in a folder.
  static func join(_ folder: String, _ name: String) -> String { folder.isEmpty ? name : folder + "/" + name }

  /// Folders of what others made and somebody installed: manifests in them are not the project's.
  private static let foreign: Set<Substring> = [
    "node_modules", "vendor", "site-packages", "dist-packages", ".venv", "venv", "gems", "bower_components", ".cargo",
    ".tox", "Pods", "Carthage", ".build", "DerivedData",
  ]

  /// Whether a file belongs to something that was installed, and not to the project.
  static func isForeign(_ path: String) -> Bool {
    folder(path).split(separator: "/").contains { foreign.contains($0) }
  }
}
