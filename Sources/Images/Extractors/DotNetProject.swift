import Bytes

extension PackageExtractor {
  /// What a project of .NET refers to: the lowest version that will do, and what that brings is not in it.
  ///
  /// Source: learn.microsoft.com, "PackageReference in project files".
  static let dotNetProject = PackageExtractor(
    name: "csproj", matches: .ending(["csproj", "fsproj", "vbproj"]) { !ProjectPath.isForeign($0) },
    extract: { bytes, path in
      var found = Extraction()
      guard let root = try? XMLReader.read(bytes) else {
        found.note("it is no XML", path)
        return found
      }
      for item in root.children.flatMap({ $0.all("PackageReference") }) {
        guard let name = item.attributes["Include"] else { continue }
        found.leave(
          name, .notLocked, item.attributes["Version"] ?? item["Version"]?.text ?? "", in: "NuGet", path)
      }
      return found
    },
    isOfProject: true)
}
