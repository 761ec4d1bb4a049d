import Bytes

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
      // What packages provide beside their own names: libraries, commands.
      var providers: [String: String] = [:]
      for fields in Stanzas.read(bytes) {
        guard let name = fields["P"], let version = fields["V"] else {
          found.note("the entry of \(fields["P"] ?? "a package") has no version or no name", path)
          continue
        }
        var package = SoftwarePackage(
          ecosystem: ecosystem, name: name, version: version, source: fields["o"] ?? name, sourceVersion: version,
          path: path)
        package.supplier = fields["m"]
        package.architecture = fields["A"]
        package.licenses = licenses(fields["L"] ?? "")
        // `Q1` and the SHA-1 of the package's description in base 64.
        if let text = fields["C"], text.hasPrefix("Q1"), let sum = Base64.decode(String(text.dropFirst(2))),
          let checksum = SoftwarePackage.Checksum(.sha1, Hex.text(sum))
        {
          package.checksums = [checksum]
        }
        package.requires = words(fields["D"])
        for word in words(fields["p"]) { providers[word] = name }
        found.packages.append(package)
      }
      for index in found.packages.indices {
        found.packages[index].requires = found.packages[index].requires.map { providers[$0] ?? $0 }
      }
      found.noteOpenEnd(bytes, path)
      var files: [(owner: String, paths: [String])] = []
      var folder = ""
      for line in bytes.split(separator: 0x0A) where line.count > 1 && line[line.startIndex + 1] == UInt8(ascii: ":") {
        let value = String(decoding: line.dropFirst(2), as: UTF8.self)
        switch line[line.startIndex] {
        case UInt8(ascii: "P"): files.append((value, []))
        case UInt8(ascii: "F"): folder = value
        case UInt8(ascii: "R") where !files.isEmpty:
          files[files.count - 1].paths.append(folder.isEmpty ? value : folder + "/" + value)
        default: break
        }
      }
      for (owner, paths) in files { found.own(paths, by: owner) }
      return found
    },
    isOfSystem: true)

  /// One expression; older packages name one licence beside the other.
  private static func licenses(_ text: String) -> [String] {
    guard !text.isEmpty else { return [] }
    let words = text.split(separator: " ").map(String.init)
    let isList = words.count > 1 && words.allSatisfy { LicenseExpression.normalized($0) != nil }
    return isList && LicenseExpression.normalized(text) == nil ? words : [text]
  }

  /// Names without their versions; what must not be there is left out.
  private static func words(_ text: String?) -> [String] {
    (text ?? "").split(separator: " ").filter { !$0.hasPrefix("!") }.map { String($0.prefix { !"<>=~".contains($0) }) }
  }
}
