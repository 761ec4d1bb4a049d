extension PackageReader {
  /// apk's database of installed packages; advisories speak of the origin.
  ///
  /// Source: Alpine's wiki, "Apk spec", section "Installed Database V2".
  static let alpine = PackageReader(
    name: "apk",
    matches: { $0.hasSuffix("lib/apk/db/installed") },
    read: { bytes, path, system in
      let ecosystem = system?.ecosystem ?? Ecosystem("Alpine")
      return Stanzas.read(bytes).compactMap { fields in
        guard let name = fields["P"], let version = fields["V"] else { return nil }
        return SoftwarePackage(
          ecosystem: ecosystem, name: name, version: version, source: fields["o"] ?? name, sourceVersion: version,
          path: path)
      }
    })
}
