extension PackageExtractor {
  /// Debian's and Ubuntu's database of installed packages.
  ///
  /// Source: dpkg(1), "FILES"; deb-src-control(5) for the source package.
  static let dpkg = PackageExtractor(
    name: "dpkg", matches: .named(["status"]) { $0 == "var/lib/dpkg/status" || $0.hasSuffix("/var/lib/dpkg/status") },
    read: readStatus,
    isOfSystem: true)

  /// One package a file, as images without a shell keep them.
  static let dpkgFragment = PackageExtractor(
    name: "dpkg fragment",
    matches: .inFolder("status.d") { $0.contains("var/lib/dpkg/status.d/") && !$0.hasSuffix(".md5sums") },
    read: readStatus, isOfSystem: true)

  /// The files of an installed package, a line each.
  static let dpkgFiles = PackageExtractor(
    name: "dpkg files", matches: .ending(["list"]) { $0.hasPrefix("var/lib/dpkg/info/") },
    read: { _, _ in [] },
    owns: { bytes, path in
      // The architecture stands behind a colon where several may be installed.
      let owner = String(PackageExtractors.lastPart(path).dropLast(5).prefix { $0 != ":" })
      return bytes.split(separator: 0x0A).map { (String(decoding: $0.dropFirst(), as: UTF8.self), owner) }
    })

  private static func readStatus(_ bytes: [UInt8], _ path: String) -> [SoftwarePackage] {
    let ecosystem = Ecosystem("Debian")
    let isFragment = path.contains("status.d/")
    return Stanzas.read(bytes).compactMap { fields in
      guard let name = fields["Package"], let version = fields["Version"] else { return nil }
      // Removed packages stay in the database with their configuration.
      if !isFragment, !(fields["Status"]?.hasSuffix(" installed") ?? false) { return nil }
      var source = name
      var sourceVersion = version
      if let text = fields["Source"] {
        source = text.split(separator: " ").first.map(String.init) ?? name
        if let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close {
          sourceVersion = String(text[text.index(after: open)..<close])
        }
      }
      return SoftwarePackage(
        ecosystem: ecosystem, name: name, version: version, source: source,
        sourceVersion: withoutRebuild(sourceVersion), path: path)
    }
  }

  /// A rebuild of a binary (`+b1`) has no source of its own.
  private static func withoutRebuild(_ version: String) -> String {
    guard let plus = version.lastIndex(of: "+") else { return version }
    let tail = version[version.index(after: plus)...]
    return tail.first == "b" && tail.count > 1 && tail.dropFirst().allSatisfy(\.isNumber)
      ? String(version[..<plus]) : version
  }
}

/// Paragraphs of `Key: value` lines, as Debian's control files and apk's database are made of.
enum Stanzas {
  static func read(_ bytes: [UInt8]) -> [[String: String]] {
    var result: [[String: String]] = []
    var fields: [String: String] = [:]
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      let line = line.last == 0x0D ? line.dropLast() : line
      if line.isEmpty {
        if !fields.isEmpty { result.append(fields) }
        fields = [:]
        continue
      }
      // Lines that go on belong to descriptions, which nobody reads here.
      guard let first = line.first, first != 0x20, first != 0x09, let colon = line.firstIndex(of: UInt8(ascii: ":"))
      else {
        continue
      }
      let key = String(decoding: line[..<colon], as: UTF8.self)
      let value = line[(colon + 1)...].drop { $0 == 0x20 }
      if fields[key] == nil { fields[key] = String(decoding: value, as: UTF8.self) }
    }
    if !fields.isEmpty { result.append(fields) }
    return result
  }
}
