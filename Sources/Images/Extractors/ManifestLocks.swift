/// Which lock files say what a manifest leaves open.
enum ManifestLocks {
  /// Lock files that name all that the manifest beside them asks for, so that one without a name was not brought up to date.
  static let complete: Set<String> = ["package-lock.json", "npm-shrinkwrap.json", "poetry.lock"]

  /// What is in the name of files that list what is used without being lock files, or is that of their folder.
  static let listing = "requirements"

  /// - Parameters:
  ///   - ecosystem: by OSV's name.
  ///   - manifest: the name of the file that asks for the dependency.
  /// - Returns: names of lock files; and whether there are files as well that list what is used without being locks.
  static func names(_ ecosystem: String, manifest: Substring) -> (exact: [String], hasListings: Bool) {
    switch ecosystem {
    case "npm":
      (
        [
          "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb",
          "deno.lock",
          // Rush keeps the lock of all projects there.
          "common/config/rush/pnpm-lock.yaml", "common/config/rush/npm-shrinkwrap.json", "common/config/rush/yarn.lock",
        ], false
      )
    case "PyPI":
      (
        manifest == "Pipfile"
          ? ["Pipfile.lock"] : ["poetry.lock", "pdm.lock", "uv.lock", "pylock.toml", "Pipfile.lock"],
        true
      )
    case "crates.io": (["Cargo.lock"], false)
    case "RubyGems": (["Gemfile.lock", "gems.locked"], false)
    case "Packagist": (["composer.lock", "vendor/composer/installed.json"], false)
    case "Pub": (["pubspec.lock"], false)
    case "NuGet": (["packages.lock.json"], false)
    case "Hex": (["mix.lock", "rebar.lock"], false)
    case "CocoaPods": (["Podfile.lock"], false)
    case "SwiftURL": (["Package.resolved"], false)
    case "ConanCenter": (["conan.lock"], false)
    case "Hackage": (["cabal.project.freeze", "stack.yaml.lock"], false)
    case "Maven": (manifest == "pom.xml" ? [] : ["gradle.lockfile", "pom.xml"], false)
    case "CRAN": (["renv.lock"], false)
    case "Go": (manifest == "go.sum" ? ["go.mod", "vendor/modules.txt"] : [], false)
    default: ([], false)
    }
  }
}
