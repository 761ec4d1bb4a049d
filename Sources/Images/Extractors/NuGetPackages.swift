import Bytes

extension PackageExtractor {
  /// NuGet's list of the packages of a project, as older projects have it; those for development are left out.
  ///
  /// Source: learn.microsoft.com, "packages.config reference".
  static let nugetPackages = PackageExtractor(
    name: "packages.config", matches: .named(["packages.config"]),
    extract: { bytes, path in
      var found = Extraction()
      do throws(DocumentError) {
        let root = try XMLReader.read(bytes)
        if root.name != "packages" { found.noteUnknownForm(path) }
        for item in root.all("package") where item.attributes["developmentDependency"] != "true" {
          guard let name = item.attributes["id"], let version = item.attributes["version"] else {
            found.note("a package without a name or a version", path)
            continue
          }
          found.packages.append(
            SoftwarePackage(ecosystem: Ecosystem("NuGet"), name: name, version: version, path: path))
        }
      } catch {
        found.note(error, path)
      }
      return found
    },
    isOfProject: true)
}
