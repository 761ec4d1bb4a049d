import Glibc

/// Files and folders of the repository, for tests that look at it.
package enum SourceFiles {
  package static func all(_ folder: String, suffix: String) -> [String] {
    names(folder).flatMap { name -> [String] in
      let path = folder + "/" + name
      if isFolder(path) { return all(path, suffix: suffix) }
      return name.hasSuffix(suffix) ? [path] : []
    }
  }

  /// Manifests in the order of their names: everything that is named `.yaml`, `.yml` or `.json`.
  package static func manifests(_ folder: String) -> [String] {
    names(folder).flatMap { name -> [String] in
      let path = folder + "/" + name
      if isFolder(path) { return manifests(path) }
      return ["yaml", "yml", "json"].contains { name.lowercased().hasSuffix("." + $0) } ? [path] : []
    }
  }

  package static func folders(_ folder: String) -> [String] { names(folder).filter { isFolder(folder + "/" + $0) } }

  private static func names(_ folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
