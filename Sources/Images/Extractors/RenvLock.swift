import Bytes

extension PackageExtractor {
  /// R: what renv locks.
  ///
  /// Source: rstudio.github.io/renv, "lockfiles".
  static let renvLock = PackageExtractor(
    name: "renv.lock", matches: .named(["renv.lock"]),
    extract: { bytes, path in
      .json(bytes, path, isKnown: { $0["Packages"]?.isObject == true }) { document, found in
        for entry in document["Packages"]?.entries ?? [] {
          let isBioconductor = entry.value["Source"]?.string == "Bioconductor"
          let ecosystem = isBioconductor ? "Bioconductor" : "CRAN"
          guard let version = entry.value["Version"]?.string else {
            found.leave(
              entry.key, entry.value["Version"] == nil ? .missing : .unreadable, entry.value["Version"]?.text ?? "",
              in: ecosystem, path, line: Int(entry.line))
            continue
          }
          found.packages.append(
            SoftwarePackage(
              ecosystem: Ecosystem(ecosystem), name: entry.value["Package"]?.string ?? entry.key, version: version,
              path: path))
        }
      }
    },
    isOfProject: true)
}
