import Bytes

extension PackageExtractor {
  /// NuGet's lock file, by framework; references to projects are no packages.
  ///
  /// Source: learn.microsoft.com, "PackageReference in project files", section "Locking dependencies".
  static let nugetLock = PackageExtractor(
    name: "packages.lock.json", matches: .named(["packages.lock.json"]),
    extract: { bytes, path in
      .json(bytes, path, isKnown: { $0["dependencies"]?.isObject == true }) { document, found in
        var seen = Set<SoftwarePackage>()
        for entry in (document["dependencies"]?.entries ?? []).flatMap(\.value.entries)
        where entry.value["type"]?.string != "Project" {
          guard let version = entry.value["resolved"]?.string else {
            found.leave(
              entry.key, .range, entry.value["requested"]?.text ?? "", in: "NuGet", path, line: Int(entry.line))
            continue
          }
          let package = SoftwarePackage(ecosystem: Ecosystem("NuGet"), name: entry.key, version: version, path: path)
          if seen.insert(package).inserted { found.packages.append(package) }
        }
      }
    },
    isOfProject: true)
}
