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
      ) { document in
        let references =
          (document[path: "graph_lock", "nodes"]?.entries ?? []).compactMap { $0.value["ref"]?.string }
          + (document["requires"]?.strings ?? [])
        return references.compactMap { reference in
          let parts = reference.prefix { $0 != "#" && $0 != "@" }.split(separator: "/")
          guard parts.count == 2 else { return nil }
          return SoftwarePackage(
            ecosystem: Ecosystem("ConanCenter"), name: String(parts[0]), version: String(parts[1]), path: path)
        }
      }
    })
}
