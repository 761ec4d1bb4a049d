import Glibc

/// Paths of this machine, as text; see `FileName` for those that are none.
package enum FilePaths {
  /// Follows links: false for a link that leads nowhere.
  package static func exists(_ path: String) -> Bool { FileName.withBytes(of: path) { access($0, F_OK) == 0 } }

  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return FileName.withBytes(of: path) { stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Opens a file; see open(2).
  static func descriptor(_ path: String, _ flags: Int32) -> Int32 { FileName.withBytes(of: path) { open($0, flags) } }

  /// Names in a folder except `.` and `..`, sorted; nil when it cannot be read, with the reason in `errno`.
  package static func names(in folder: String) -> [String]? {
    guard let stream = FileName.withBytes(of: folder, { opendir($0) }) else { return nil }
    defer { closedir(stream) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { FileName.text($0) }
      }
      if name != ".", name != ".." { names.append(name) }
      errno = 0
    }
    // A part of the names is not the folder.
    return errno == 0 ? names.sorted() : nil
  }

  /// The folder of a path; `.` for a bare name.
  package static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Joins a relative path with a folder; an absolute path stays as it is. `..` is not resolved.
  package static func absolute(_ path: String, from folder: String) -> String {
    path.hasPrefix("/") ? path : folder + "/" + path
  }

  /// Whether a path is that of a folder or lies in it; of both the links are resolved.
  package static func isWithin(_ path: String, _ folder: String) -> Bool {
    path == folder || path.hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
  }

  /// The path with links resolved; nil where nothing is there.
  package static func real(_ path: String) -> String? {
    guard let resolved = FileName.withBytes(of: path, { realpath($0, nil) }) else { return nil }
    defer { free(resolved) }
    return FileName.text(resolved)
  }

  /// The target of a symbolic link; nil, with `errno` set, for anything else.
  package static func linkTarget(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let room = buffer.count - 1
    let count = FileName.withBytes(of: path) { readlink($0, &buffer, room) }
    return count > 0 ? FileName.text(buffer) : nil
  }

  /// Creates a folder and its parents. A failure shows when the folder is used.
  package static func makeFolders(_ folder: String, mode: UInt32) {
    var path = folder.hasPrefix("/") ? "/" : ""
    for part in folder.split(separator: "/") {
      path += (path.isEmpty || path.hasSuffix("/") ? "" : "/") + part
      mkdir(path, mode)
    }
  }
}
