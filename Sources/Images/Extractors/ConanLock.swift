import Bytes

extension PackageExtractor {
  /// Conan, lock files of its first and second version: `name/1.2.3@user/channel#revision`.
  ///
  /// Source: docs.conan.io, "Lockfiles".
  static let conanLock = PackageExtractor(
    name: "conan.lock", matches: .named(["conan.lock"]),
    extract: { bytes, path in
      .json(
        bytes, path,
        isKnown: { document in
          ["graph_lock", "requires", "build_requires", "python_requires"].contains { document[$0] != nil }
        }
      ) { document, found in
        // The project itself has no reference, or one without a version.
        let references =
          (document[path: "graph_lock", "nodes"]?.entries ?? []).filter { $0.key != "0" }.compactMap { $0.value["ref"] }
          + (document["requires"]?.elements ?? [])
        for item in references {
          let reference = item.string ?? ""
          let parts = reference.prefix { $0 != "#" && $0 != "@" }.split(separator: "/")
          guard parts.count == 2 else {
            found.leave(
              parts.first.map(String.init) ?? "a package", .unreadable, reference, in: "ConanCenter", path,
              line: Int(item.line))
            continue
          }
          found.packages.append(
            SoftwarePackage(
              ecosystem: Ecosystem("ConanCenter"), name: String(parts[0]), version: String(parts[1]), path: path))
        }
      }
    },
    isOfProject: true)
}
