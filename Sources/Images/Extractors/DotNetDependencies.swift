import Bytes

private let runtime = "runtimepack."

extension PackageExtractor {
  /// What a built .NET application says it needs at run time.
  ///
  /// Source: dotnet/sdk, "Runtime Configuration Files", section "[appname].deps.json".
  static let dotNetDependencies = PackageExtractor(
    name: "deps.json", matches: .ending(["json"]) { $0.hasSuffix(".deps.json") },
    extract: { bytes, path in
      .json(bytes, path, isKnown: { $0["libraries"]?.isObject == true }) { document, found in
        for entry in document["libraries"]?.entries ?? [] {
          let type = entry.value["type"]?.string
          guard type == "package" || type == "runtimepack" else { continue }
          let parts = entry.key.split(separator: "/", maxSplits: 1)
          guard parts.count == 2 else {
            found.leave(entry.key, .missing, in: "NuGet", path, line: Int(entry.line))
            continue
          }
          // The runtime that an application brings along is a package of its own, with a word before its name.
          let name = parts[0].hasPrefix(runtime) ? parts[0].dropFirst(runtime.count) : parts[0]
          found.packages.append(
            SoftwarePackage(ecosystem: Ecosystem("NuGet"), name: String(name), version: String(parts[1]), path: path))
        }
      }
    })
}
