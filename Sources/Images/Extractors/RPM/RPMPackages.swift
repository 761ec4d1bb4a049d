import Bytes

extension PackageExtractor {
  private static let folders = ["var/lib/rpm/", "usr/lib/sysimage/rpm/", "usr/share/rpm/"]

  /// rpm's database in its three formats: Berkeley DB, NDB and SQLite.
  static let rpm = PackageExtractor(
    name: "rpm database",
    matches: .named(["Packages", "Packages.db", "rpmdb.sqlite"]) { path in
      folders.contains { folder in ["Packages", "Packages.db", "rpmdb.sqlite"].contains { path == folder + $0 } }
    },
    read: { bytes, path in
      let ecosystem = Ecosystem("Red Hat")
      return RPMDatabase.headers(bytes).compactMap { RPMHeader($0) }.filter { $0.name != "gpg-pubkey" }.map { header in
        SoftwarePackage(ecosystem: ecosystem, name: header.name, version: header.fullVersion, path: path)
      }
    },
    isOfSystem: true,
    owns: { bytes, _ in
      RPMDatabase.headers(bytes).flatMap { bytes -> [(path: String, owner: String)] in
        guard let header = RPMHeader(bytes) else { return [] }
        return header.files.map { (String($0.drop { $0 == "/" }), header.name) }
      }
    })
}
