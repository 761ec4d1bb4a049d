extension PackageExtractor {
  /// Manifests whose languages are not read: where they ask for something and no lock file stands beside them, that is said of the
  /// file as a whole.
  ///
  /// Source: the documentation of each package manager.
  static let otherManifest = PackageExtractor(
    name: "other manifests", matches: .named(manifests.map(\.file)) { !ProjectPath.isForeign($0) },
    extract: { bytes, path in
      var found = Extraction()
      let name = PackageExtractors.lastPart(path)
      let text = String(decoding: bytes, as: UTF8.self)
      for manifest in manifests where manifest.file == name && manifest.marks.contains(where: { text.contains($0) }) {
        found.leave(
          UnresolvedDependency.dependencies(of: path), .notLocked, name == "mix.exs" ? lock(text) : "",
          in: manifest.ecosystem, path)
        break
      }
      return found
    },
    isOfProject: true)

  /// The lock file that a project of Elixir names as its own: `lockfile: "../../mix.lock"`; empty for none.
  private static func lock(_ text: String) -> String {
    guard let mark = text.firstRange(of: "lockfile: \"") else { return "" }
    return String(text[mark.upperBound...].prefix { $0 != "\"" && !$0.isNewline })
  }

  /// Names of files, the ecosystem of what they ask for, and what stands in one that asks for something.
  private static let manifests: [(file: String, ecosystem: String, marks: [String])] = [
    ("mix.exs", "Hex", ["{:"]), ("rebar.config", "Hex", ["{deps, [{", "{deps,[{", "{deps, [\n"]),
    ("Podfile", "CocoaPods", ["pod '", "pod \""]), ("Package.swift", "SwiftURL", [".package(url", ".package(name"]),
    ("build.gradle", "Maven", ["implementation ", "implementation(", "compile ", "api ", "runtimeOnly "]),
    ("build.gradle.kts", "Maven", ["implementation(", "api(", "runtimeOnly("]),
    ("build.sbt", "Maven", ["libraryDependencies"]), ("conanfile.txt", "ConanCenter", ["[requires]"]),
    ("conanfile.py", "ConanCenter", ["requires"]), ("setup.cfg", "PyPI", ["install_requires"]),
    ("setup.py", "PyPI", ["install_requires"]), ("environment.yml", "conda", ["dependencies:"]),
    ("environment.yaml", "conda", ["dependencies:"]), ("stack.yaml", "Hackage", ["resolver:", "snapshot:"]),
    ("vcpkg.json", "vcpkg", ["\"dependencies\""]), ("Cartfile", "Carthage", ["github ", "git "]),
    ("cpanfile", "CPAN", ["requires"]), ("bower.json", "Bower", ["\"dependencies\""]),
    ("deno.json", "npm", ["\"npm:", "\"jsr:"]), ("deno.jsonc", "npm", ["\"npm:", "\"jsr:"]),
    ("ivy.xml", "Maven", ["<dependency "]), ("deps.edn", "Maven", ["mvn/version"]),
    ("project.clj", "Maven", [":dependencies"]), ("DESCRIPTION", "CRAN", ["\nImports:", "\nDepends:", "\nLinkingTo:"]),
    ("go.sum", "Go", [" h1:"]),
  ]

  /// Lock files of formats that are not read.
  static let unreadLock = PackageExtractor(
    name: "unread lock files",
    matches: .named([
      "paket.lock", "Cartfile.resolved", "conda-lock.yml", "pixi.lock", "cpanfile.snapshot", "rpms.lock.yaml",
      "shard.lock", "gleam.lock", "spago.lock", "pdm.lock.toml", "Gopkg.lock", "glide.lock", "Manifest.toml",
    ]) { !ProjectPath.isForeign($0) },
    extract: { bytes, path in
      var found = Extraction()
      // Others than Julia have files of that name.
      if PackageExtractors.lastPart(path) == "Manifest.toml",
        !TOMLLines(bytes).entries.contains(where: { $0.table.hasPrefix("deps.") })
      {
        return found
      }
      found.leave("packages of \(path)", .unreadFormat, "", in: "", path)
      return found
    },
    isOfProject: true)
}
