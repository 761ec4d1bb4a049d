import Bytes

extension PackageExtractor {
  /// What a built .NET application says it needs at run time.
  ///
  /// Source: dotnet/sdk, "Runtime Configuration Files", section "[appname].deps.json".
  static let dotNetDependencies = PackageExtractor(
    name: "deps.json", matches: .ending(["json"]) { $0.hasSuffix(".deps.json") },
    extract: { bytes, path in
      .json(bytes, path, isKnown: { $0["libraries"]?.isObject == true }) { document in
        (document["libraries"]?.entries ?? []).compactMap { entry in
          guard entry.value["type"]?.string == "package" else { return nil }
          let parts = entry.key.split(separator: "/", maxSplits: 1)
          guard parts.count == 2 else { return nil }
          return SoftwarePackage(
            ecosystem: Ecosystem("NuGet"), name: String(parts[0]), version: String(parts[1]), path: path)
        }
      }
    })
}
