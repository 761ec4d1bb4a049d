import Bytes

extension PackageExtractor {
  /// Swift: `Package.resolved`, versions 1 to 3. A package is named by its URL, as OSV has it.
  ///
  /// Source: swiftlang/swift-package-manager, "Resolved versions".
  static let swiftResolved = PackageExtractor(
    name: "Package.resolved", matches: .named(["Package.resolved"]),
    extract: { bytes, path in
      .json(bytes, path, isKnown: { ($0["pins"] ?? $0["object"]?["pins"])?.array != nil }) { document, found in
        for pin in (document["pins"] ?? document["object"]?["pins"])?.elements ?? [] {
          let url = pin["location"]?.string ?? pin["repositoryURL"]?.string
          guard let version = pin["state"]?["version"]?.string, let url else {
            let commit = pin["state"]?["branch"]?.string ?? pin["state"]?["revision"]?.string
            found.leave(
              url ?? (pin["identity"] ?? pin["package"])?.string ?? "a package", commit == nil ? .missing : .source,
              "the commit or branch \(commit ?? "")", in: "SwiftURL", path, line: Int(pin.line))
            continue
          }
          var name = url[...]
          if let scheme = name.firstRange(of: "://") { name = name[scheme.upperBound...] }
          if name.hasSuffix(".git") { name = name.dropLast(4) }
          found.packages.append(
            SoftwarePackage(ecosystem: Ecosystem("SwiftURL"), name: String(name), version: version, path: path))
        }
      }
    },
    isOfProject: true)
}
