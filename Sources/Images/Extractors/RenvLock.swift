import Bytes

extension PackageExtractor {
  /// R: what renv locks.
  ///
  /// Source: rstudio.github.io/renv, "lockfiles".
  static let renvLock = PackageExtractor(
    name: "renv.lock", matches: .named(["renv.lock"]),
    extract: { bytes, path in
      .json(bytes, path, isKnown: { $0["Packages"]?.isObject == true }) { document in
        (document["Packages"]?.entries ?? []).compactMap { entry in
          guard let version = entry.value["Version"]?.string else { return nil }
          let isBioconductor = entry.value["Source"]?.string == "Bioconductor"
          return SoftwarePackage(
            ecosystem: Ecosystem(isBioconductor ? "Bioconductor" : "CRAN"),
            name: entry.value["Package"]?.string ?? entry.key, version: version, path: path)
        }
      }
    })
}
