extension PackageExtractor {
  /// Debian's and Ubuntu's database of installed packages.
  ///
  /// Source: dpkg(1), "FILES"; deb-src-control(5) for the source package.
  static let dpkg = PackageExtractor(
    name: "dpkg", matches: .named(["status"]) { $0 == "var/lib/dpkg/status" || $0.hasSuffix("/var/lib/dpkg/status") },
    extract: { DpkgStatus.extract($0, $1, isFragment: false) },
    isOfSystem: true)

  /// One package a file, as images without a shell keep them.
  static let dpkgFragment = PackageExtractor(
    name: "dpkg fragment",
    matches: .inFolder("status.d") { $0.contains("var/lib/dpkg/status.d/") && !$0.hasSuffix(".md5sums") },
    extract: { DpkgStatus.extract($0, $1, isFragment: true) },
    isOfSystem: true)

  /// The files of an installed package, a line each.
  static let dpkgFiles = PackageExtractor(
    name: "dpkg files", matches: .ending(["list"]) { $0.hasPrefix("var/lib/dpkg/info/") },
    extract: { bytes, path in
      // The architecture stands behind a colon where several may be installed.
      let owner = String(PackageExtractors.lastPart(path).dropLast(5).prefix { $0 != ":" })
      var found = Extraction()
      found.owned = bytes.split(separator: 0x0A).map {
        Extraction.Owned(path: String(decoding: $0.dropFirst(), as: UTF8.self), owner: owner)
      }
      return found
    })
}

private enum DpkgStatus {
  static func extract(_ bytes: [UInt8], _ path: String, isFragment: Bool) -> Extraction {
    let ecosystem = Ecosystem("Debian")
    var found = Extraction()
    for fields in Stanzas.read(bytes) {
      guard let name = fields["Package"] else { continue }
      // Removed packages stay in the database with their configuration.
      if !isFragment, let status = fields["Status"], !status.hasSuffix(" installed") { continue }
      guard let version = fields["Version"], isFragment || fields["Status"] != nil else {
        found.note("the entry of \(name) has no \(fields["Version"] == nil ? "version" : "status")", path)
        continue
      }
      var source = name
      var sourceVersion = version
      if let text = fields["Source"] {
        source = text.split(separator: " ").first.map(String.init) ?? name
        if let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close {
          sourceVersion = String(text[text.index(after: open)..<close])
        }
      }
      found.packages.append(
        SoftwarePackage(
          ecosystem: ecosystem, name: name, version: version, source: source,
          sourceVersion: withoutRebuild(sourceVersion), path: path))
    }
    if let last = bytes.last, last != 0x0A { found.note("it ends within a line", path) }
    return found
  }

  /// A rebuild of a binary (`+b1`) has no source of its own.
  private static func withoutRebuild(_ version: String) -> String {
    guard let plus = version.lastIndex(of: "+") else { return version }
    let tail = version[version.index(after: plus)...]
    return tail.first == "b" && tail.count > 1 && tail.dropFirst().allSatisfy(\.isNumber)
      ? String(version[..<plus]) : version
  }
}
