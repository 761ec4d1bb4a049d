import Bytes

extension PackageExtractor {
  private static let folders = ["var/lib/rpm/", "usr/lib/sysimage/rpm/", "usr/share/rpm/"]

  /// Changes to rpm's database in SQLite that were not taken over into it: rpm leaves an empty file behind.
  ///
  /// Source: SQLite, "Write-Ahead Logging", section 2.2.
  static let rpmLog = PackageExtractor(
    name: "rpm write-ahead log",
    matches: .named(["rpmdb.sqlite-wal"]) { path in folders.contains { path == $0 + "rpmdb.sqlite-wal" } },
    extract: { bytes, path in
      var found = Extraction()
      if !bytes.isEmpty {
        found.note(
          "changes to the database of packages that are not in it yet; `rpm --rebuilddb` takes them over", path)
      }
      return found
    })

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
      // What is needed may be a library or a command; the package is who provides it.
      var providers: [String: String] = [:]
      for bytes in database.headers {
        guard let header = RPMHeader(bytes) else {
          unreadable += 1
          continue
        }
        // Keys of signers stand among the packages.
        guard header.name != "gpg-pubkey" else { continue }
        let version = header.fullVersion
        let source = header.source.flatMap { SourceRPM($0) }
        var package = SoftwarePackage(
          ecosystem: ecosystem, name: header.name, version: version, source: source?.name,
          sourceVersion: source?.fullVersion(like: version), path: path)
        package.module = header.moduleLabel.flatMap { SoftwarePackage.stream($0) }
        package.supplier = header.vendor
        package.architecture = header.architecture
        package.licenses = header.license.map { [$0] } ?? []
        package.requires = header.requires
        package.checksums = [header.sum.flatMap { SoftwarePackage.Checksum(.md5, Hex.text($0)) }].compactMap(\.self)
        for word in header.provides { providers[word] = header.name }
        found.packages.append(package)
        found.own(header.files.map { String($0.drop { $0 == "/" }) }, by: header.name)
      }
      for index in found.packages.indices {
        var seen = Set<String>()
        found.packages[index].requires = found.packages[index].requires.compactMap { providers[$0] }
          .filter { seen.insert($0).inserted }
      }
      if unreadable > 0 { found.note("\(Phrase.count(unreadable, "entry")) of it", path) }
      if let failure = database.failure { found.note(failure, path) }
      return found
    },
    isOfSystem: true)
}
