extension PackageExtractor {
  /// apk's database of installed packages; advisories speak of the origin.
  ///
  /// Source: Alpine's wiki, "Apk spec", section "Installed Database V2".
  static let alpine = PackageExtractor(
    name: "apk",
    matches: .named(["installed"]) { $0.hasSuffix("lib/apk/db/installed") },
    extract: { bytes, path in
      let ecosystem = Ecosystem("Alpine")
      var found = Extraction()
      for fields in Stanzas.read(bytes) {
        guard let name = fields["P"], let version = fields["V"] else {
          found.note("the entry of \(fields["P"] ?? "a package") has no version or no name", path)
          continue
        }
        found.packages.append(
          SoftwarePackage(
            ecosystem: ecosystem, name: name, version: version, source: fields["o"] ?? name, sourceVersion: version,
            path: path))
      }
      if let last = bytes.last, last != 0x0A { found.note("it ends within a line", path) }
      var owner = ""
      var folder = ""
      for line in bytes.split(separator: 0x0A) where line.count > 2 && line[line.startIndex + 1] == UInt8(ascii: ":") {
        let value = String(decoding: line.dropFirst(2), as: UTF8.self)
        switch line[line.startIndex] {
        case UInt8(ascii: "P"): owner = value
        case UInt8(ascii: "F"): folder = value
        case UInt8(ascii: "R"):
          found.owned.append(Extraction.Owned(path: folder.isEmpty ? value : folder + "/" + value, owner: owner))
        default: break
        }
      }
      return found
    },
    isOfSystem: true)
}
