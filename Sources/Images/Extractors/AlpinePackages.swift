extension PackageExtractor {
  /// apk's database of installed packages; advisories speak of the origin.
  ///
  /// Source: Alpine's wiki, "Apk spec", section "Installed Database V2".
  static let alpine = PackageExtractor(
    name: "apk",
    matches: .named(["installed"]) { $0.hasSuffix("lib/apk/db/installed") },
    read: { bytes, path in
      let ecosystem = Ecosystem("Alpine")
      return Stanzas.read(bytes).compactMap { fields in
        guard let name = fields["P"], let version = fields["V"] else { return nil }
        return SoftwarePackage(
          ecosystem: ecosystem, name: name, version: version, source: fields["o"] ?? name, sourceVersion: version,
          path: path)
      }
    },
    isOfSystem: true,
    owns: { bytes, _ in
      var owner = ""
      var folder = ""
      var found: [(path: String, owner: String)] = []
      for line in bytes.split(separator: 0x0A) where line.count > 2 && line[line.startIndex + 1] == UInt8(ascii: ":") {
        let value = String(decoding: line.dropFirst(2), as: UTF8.self)
        switch line[line.startIndex] {
        case UInt8(ascii: "P"): owner = value
        case UInt8(ascii: "F"): folder = value
        case UInt8(ascii: "R"): found.append((folder.isEmpty ? value : folder + "/" + value, owner))
        default: break
        }
      }
      return found
    })
}
