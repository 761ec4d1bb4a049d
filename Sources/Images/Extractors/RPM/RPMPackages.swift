import Bytes

extension PackageExtractor {
  private static let folders = ["var/lib/rpm/", "usr/lib/sysimage/rpm/", "usr/share/rpm/"]

  /// rpm's database in its three formats: Berkeley DB, NDB and SQLite.
  static let rpm = PackageExtractor(
    name: "rpm database",
    matches: .named(["Packages", "Packages.db", "rpmdb.sqlite"]) { path in
      folders.contains { folder in ["Packages", "Packages.db", "rpmdb.sqlite"].contains { path == folder + $0 } }
    },
    extract: { bytes, path in
      let ecosystem = Ecosystem("Red Hat")
      let database = RPMDatabase(bytes)
      var found = Extraction()
      var unreadable = database.unreadable
      for bytes in database.headers {
        guard let header = RPMHeader(bytes) else {
          unreadable += 1
          continue
        }
        // Keys of signers stand among the packages.
        guard header.name != "gpg-pubkey" else { continue }
        found.packages.append(
          SoftwarePackage(ecosystem: ecosystem, name: header.name, version: header.fullVersion, path: path))
        found.owned += header.files.map {
          Extraction.Owned(path: String($0.drop { $0 == "/" }), owner: header.name)
        }
      }
      if unreadable > 0 { found.note("\(Phrase.count(unreadable, "entry")) of it", path) }
      if let failure = database.failure { found.note(failure, path) }
      return found
    },
    isOfSystem: true)
}
