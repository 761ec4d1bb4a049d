import Bytes

extension PackageExtractor {
  /// Swift: `Package.resolved`, versions 1 to 3. A package is named by its URL, as OSV has it.
  ///
  /// Source: swiftlang/swift-package-manager, "Resolved versions".
  static let swiftResolved = PackageExtractor(
    name: "Package.resolved", matches: .named(["Package.resolved"]),
    extract: { bytes, path in
      .json(bytes, path, isKnown: { ($0["pins"] ?? $0["object"]?["pins"])?.array != nil }) { document in
        (document["pins"] ?? document["object"]?["pins"])?.elements.compactMap { pin in
          guard let version = pin["state"]?["version"]?.string,
            let url = pin["location"]?.string ?? pin["repositoryURL"]?.string
          else { return nil }
          var name = url[...]
          if let scheme = name.firstRange(of: "://") { name = name[scheme.upperBound...] }
          if name.hasSuffix(".git") { name = name.dropLast(4) }
          return SoftwarePackage(
            ecosystem: Ecosystem("SwiftURL"), name: String(name), version: version, path: path)
        } ?? []
      }
    })
}
