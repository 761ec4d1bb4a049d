import Bytes

extension PackageExtractor {
  private static func nuget(_ name: String, _ version: String, _ path: String) -> SoftwarePackage {
    SoftwarePackage(ecosystem: Ecosystem("NuGet"), name: name, version: version, path: path)
  }

  /// NuGet's lock file, by framework; references to projects are no packages.
  static let nugetLock = PackageExtractor(
    name: "packages.lock.json", matches: .named(["packages.lock.json"]),
    read: { bytes, path in
      guard let document = try? JSONReader.read(bytes) else { return [] }
      var seen = Set<SoftwarePackage>()
      return (document["dependencies"]?.entries ?? []).flatMap(\.value.entries).compactMap { entry in
        guard entry.value["type"]?.string != "Project", let version = entry.value["resolved"]?.string else {
          return nil
        }
        let package = nuget(entry.key, version, path)
        return seen.insert(package).inserted ? package : nil
      }
    })

  /// What a built application says it needs at run time.
  static let dotNetDependencies = PackageExtractor(
    name: "deps.json", matches: .ending(["json"]) { $0.hasSuffix(".deps.json") },
    read: { bytes, path in
      guard let document = try? JSONReader.read(bytes) else { return [] }
      return (document["libraries"]?.entries ?? []).compactMap { entry in
        guard entry.value["type"]?.string == "package" else { return nil }
        let parts = entry.key.split(separator: "/", maxSplits: 1)
        return parts.count == 2 ? nuget(String(parts[0]), String(parts[1]), path) : nil
      }
    })
}
