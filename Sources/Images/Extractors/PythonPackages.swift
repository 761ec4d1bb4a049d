import Bytes

extension PackageExtractor {
  /// Packages as pip installs them.
  ///
  /// Source: packaging.python.org, "Recording installed projects" and "Core metadata specifications".
  static let pythonInstalled = PackageExtractor(
    name: "Python metadata",
    matches: .either(.named(["METADATA", "PKG-INFO"]), .ending(["egg-info"])) { path in
      path.hasSuffix(".dist-info/METADATA") || path.hasSuffix(".egg-info/PKG-INFO") || path.hasSuffix(".egg-info")
        || path.hasSuffix("EGG-INFO/PKG-INFO")
    },
    read: { bytes, path in
      guard let fields = Stanzas.read(bytes).first, let name = fields["Name"], let version = fields["Version"] else {
        return []
      }
      return [SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: name, version: version, path: path)]
    })

  /// `name==version`; other requirements name no version.
  static let pythonRequirements = PackageExtractor(
    name: "requirements.txt",
    matches: .ending(["txt"]) { PackageExtractors.lastPart($0).hasPrefix("requirements") },
    read: { bytes, path in
      String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { raw in
        let line = raw.prefix { $0 != "#" && $0 != ";" }
        guard let equals = line.firstRange(of: "=="), !line.hasPrefix("-") else { return nil }
        let name = line[..<equals.lowerBound].prefix { $0 != "[" }.filter { !$0.isWhitespace }
        let version = line[equals.upperBound...].drop { $0 == "=" || $0 == " " }.prefix {
          !$0.isWhitespace && $0 != "\\" && $0 != ","
        }
        guard !name.isEmpty, !version.isEmpty, !version.contains("*") else { return nil }
        return SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: name, version: String(version), path: path)
      }
    })

  /// Pipenv's lock file; development packages are left out.
  static let pipfileLock = PackageExtractor(
    name: "Pipfile.lock", matches: .named(["Pipfile.lock"]),
    read: { bytes, path in
      guard let document = try? JSONReader.read(bytes) else { return [] }
      return (document["default"]?.entries ?? []).compactMap { entry in
        guard let version = entry.value["version"]?.string, version.hasPrefix("==") else { return nil }
        return SoftwarePackage(
          ecosystem: Ecosystem("PyPI"), name: entry.key, version: String(version.dropFirst(2)), path: path)
      }
    })
}
