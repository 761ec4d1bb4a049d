import Bytes

extension PackageExtractor {
  /// What a project of Python asks for, by the standard and by Poetry: a lock file says what that comes to.
  ///
  /// Source: packaging.python.org, "pyproject.toml specification"; python-poetry.org, "The pyproject.toml file".
  static let pythonManifest = PackageExtractor(
    name: "pyproject.toml", matches: .named(["pyproject.toml"]) { !ProjectPath.isForeign($0) },
    extract: { bytes, path in
      var found = Extraction()
      for entry in TOMLLines(bytes).entries {
        switch (entry.table, entry.key) {
        case ("project", "name"), ("tool.poetry", "name"):
          found.project = TOMLLines.texts(entry.value).first.map { "PyPI " + Ecosystem("PyPI").normalized($0) }
        case ("project", "dependencies"):
          for text in TOMLLines.texts(entry.value) {
            let own = PythonRequirement(text)
            // The text of a marker is a text within one.
            if own.name.isEmpty { continue }
            found.leave(own.name, .notLocked, own.address ?? own.specifier, in: "PyPI", path, line: entry.line)
          }
        case ("tool.poetry.dependencies", let name) where name != "python":
          if entry.namesFolder { continue }
          let range = TOMLLines.texts(entry.value).first ?? entry.value
          found.leave(name, .notLocked, range, in: "PyPI", path, line: entry.line)
        default: continue
        }
      }
      return found
    },
    isOfProject: true)

  /// What Pipenv is asked for.
  ///
  /// Source: pipenv.pypa.io, "Pipfile & Pipfile.lock".
  static let pipfile = PackageExtractor(
    name: "Pipfile", matches: .named(["Pipfile"]) { !ProjectPath.isForeign($0) },
    extract: { bytes, path in
      var found = Extraction()
      for entry in TOMLLines(bytes).entries where entry.table == "packages" {
        if entry.namesFolder { continue }
        let range = TOMLLines.texts(entry.value).first ?? entry.value
        found.leave(entry.key, .notLocked, range, in: "PyPI", path, line: entry.line)
      }
      return found
    },
    isOfProject: true)
}
