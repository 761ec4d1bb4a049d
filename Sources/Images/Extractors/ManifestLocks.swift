/// Which lock files say what a manifest leaves open.
enum ManifestLocks {
  /// Lock files that name all that the manifest beside them asks for, so that one without a name was not brought up to date.
  static let complete: Set<String> = ["package-lock.json", "npm-shrinkwrap.json", "poetry.lock"]

  /// - Parameters:
  ///   - ecosystem: by OSV's name.
  ///   - manifest: the name of the file that asks for the dependency.
  /// - Returns: names of lock files; and what is in the name of files that list what is used without being locks.
  static func names(_ ecosystem: String, manifest: Substring) -> (exact: [String], listing: String?) {
    switch ecosystem {
    case "npm":
      (
        [
          "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb",
          "deno.lock",
          // Rush keeps the lock of all projects there.
          "common/config/rush/pnpm-lock.yaml", "common/config/rush/npm-shrinkwrap.json", "common/config/rush/yarn.lock",
        ], nil
      )
    case "PyPI":
      (
        manifest == "Pipfile"
          ? ["Pipfile.lock"] : ["poetry.lock", "pdm.lock", "uv.lock", "pylock.toml", "Pipfile.lock"],
        "requirements"
      )
    case "crates.io": (["Cargo.lock"], nil)
    case "RubyGems": (["Gemfile.lock", "gems.locked"], nil)
    case "Packagist": (["composer.lock", "vendor/composer/installed.json"], nil)
    case "Pub": (["pubspec.lock"], nil)
    case "NuGet": (["packages.lock.json"], nil)
    case "Hex": (["mix.lock", "rebar.lock"], nil)
    case "CocoaPods": (["Podfile.lock"], nil)
    case "SwiftURL": (["Package.resolved"], nil)
    case "ConanCenter": (["conan.lock"], nil)
    case "Hackage": (["cabal.project.freeze", "stack.yaml.lock"], nil)
    case "Maven": (manifest == "pom.xml" ? [] : ["gradle.lockfile", "pom.xml"], nil)
    case "CRAN": (["renv.lock"], nil)
    case "Go": (manifest == "go.sum" ? ["go.mod", "vendor/modules.txt"] : [], nil)
    default: ([], nil)
    }
  }
}
