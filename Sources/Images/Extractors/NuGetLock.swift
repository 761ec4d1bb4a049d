import Bytes

extension PackageExtractor {
  /// NuGet's lock file, by framework; references to projects are no packages.
  ///
  /// Source: learn.microsoft.com, "PackageReference in project files", section "Locking dependencies".
  static let nugetLock = PackageExtractor(
    name: "packages.lock.json", matches: .named(["packages.lock.json"]),
    extract: { bytes, path in
      .json(bytes, path, isKnown: { $0["dependencies"]?.isObject == true }) { document in
        var seen = Set<SoftwarePackage>()
        return (document["dependencies"]?.entries ?? []).flatMap(\.value.entries).compactMap { entry in
          guard entry.value["type"]?.string != "Project", let version = entry.value["resolved"]?.string else {
            return nil
          }
          let package = SoftwarePackage(ecosystem: Ecosystem("NuGet"), name: entry.key, version: version, path: path)
          return seen.insert(package).inserted ? package : nil
        }
      }
    })
}
