import Bytes

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
      found.own(bytes.split(separator: 0x0A).map { String(decoding: $0.dropFirst(), as: UTF8.self) }, by: owner)
      return found
    })

  /// The licences of an installed package, where its maintainer wrote them for programs.
  ///
  /// Source: Debian Policy, section 12.5; "Machine-readable debian/copyright file", version 1.0.
  static let debianCopyright = PackageExtractor(
    name: "Debian copyright",
    matches: .named(["copyright"]) { path in
      path.hasPrefix("usr/share/doc/") && path.utf8.count { $0 == 0x2F } == 4
    },
    extract: { bytes, path in
      var found = Extraction()
      let parts = path.split(separator: "/")
      guard parts.count == 5 else { return found }
      var trait = Extraction.Trait(name: String(parts[3]))
      var seen = Set<String>()
      for line in bytes.prefix(1 << 20).split(separator: 0x0A) where line.starts(with: "License:".utf8) {
        let text = String(decoding: line.dropFirst(8), as: UTF8.self).split(whereSeparator: \.isWhitespace)
          .joined(separator: " ")
        if !text.isEmpty, seen.insert(text).inserted, trait.licenses.count < 100 { trait.licenses.append(text) }
      }
      if !trait.licenses.contains(where: { LicenseExpression.normalized($0) != nil }) {
        trait.licenses += commonLicenses(in: bytes.prefix(1 << 20))
      }
      if !trait.licenses.isEmpty { found.traits.append(trait) }
      return found
    })

  /// The licences that a text for people refers to by their place in a Debian system: `/usr/share/common-licenses/GPL-2`.
  ///
  /// Source: Debian Policy, section 12.5.
  private static func commonLicenses(in bytes: ArraySlice<UInt8>) -> [String] {
    let folder = Array("/usr/share/common-licenses/".utf8)
    var places: [Int] = []
    while let place = ByteSearch.first(of: folder, in: bytes, from: places.last) { places.append(place + folder.count) }
    guard !places.isEmpty else { return [] }
    let holdsLater = saysAnyLaterVersion(bytes)
    var found: [String] = []
    for place in places {
      var name = String(
        decoding: bytes[place...].prefix { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || $0 == 0x2D || $0 == 0x2E },
        as: UTF8.self)
      while name.last == "." { name.removeLast() }
      let isGNU = ["GPL-", "LGPL-", "GFDL-"].contains { name.hasPrefix($0) }
      if isGNU, holdsLater { name += "+" }
      if !name.isEmpty, !found.contains(name), found.count < 20 { found.append(name) }
    }
    return found
  }

  /// Of the GNU licences each text says by itself whether later versions hold as well.
  private static func saysAnyLaterVersion(_ bytes: ArraySlice<UInt8>) -> Bool {
    let words = ["any", "later", "version"].map { Array($0.utf8) }
    var matched = 0
    for word in bytes.split(whereSeparator: { $0 == 0x20 || $0 == 0x0A || $0 == 0x09 }) {
      matched = word.starts(with: words[matched]) ? matched + 1 : word.starts(with: words[0]) ? 1 : 0
      if matched == words.count { return true }
    }
    return false
  }

  /// The files of a package of an image without a shell, each behind its sum.
  static let dpkgSums = PackageExtractor(
    name: "dpkg sums",
    matches: .inFolder("status.d") { $0.contains("var/lib/dpkg/status.d/") && $0.hasSuffix(".md5sums") },
    extract: { bytes, path in
      let owner = String(PackageExtractors.lastPart(path).dropLast(8))
      var found = Extraction()
      found.own(
        bytes.split(separator: 0x0A).compactMap { line in
          line.firstIndex(of: 0x20).map { String(decoding: line[$0...].drop { $0 == 0x20 }, as: UTF8.self) }
        }, by: owner)
      return found
    })
}

private enum DpkgStatus {
  /// Of packages whose files are not there.
  ///
  /// Source: dpkg(1), "Package states".
  private static let absent: Set<Substring> = ["not-installed", "config-files"]

  static func extract(_ bytes: [UInt8], _ path: String, isFragment: Bool) -> Extraction {
    let ecosystem = Ecosystem("Debian")
    var found = Extraction()
    for fields in Stanzas.read(bytes) {
      guard let name = fields["Package"] else {
        found.note("an entry has no name", path)
        continue
      }
      // Removed packages stay in the database with their configuration; one that is unpacked has its files, configured or not.
      if !isFragment, let word = fields["Status"]?.split(separator: " ").last, absent.contains(word) { continue }
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
      var package = SoftwarePackage(
        ecosystem: ecosystem, name: name, version: version, source: source,
        sourceVersion: DebianVersions.withoutRebuild(sourceVersion), path: path)
      package.vendor = PackageOrigin.vendor(dpkg: fields, version: version)
      package.supplier = fields["Maintainer"]
      package.architecture = fields["Architecture"]
      package.requires = ["Pre-Depends", "Depends"].flatMap { dependencies(fields[$0]) }
      found.packages.append(package)
    }
    found.noteOpenEnd(bytes, path)
    return found
  }

  /// The first alternative of each dependency, without its version and architecture.
  ///
  /// Source: Debian Policy, section 7.1 "Syntax of relationship fields".
  private static func dependencies(_ text: String?) -> [String] {
    (text ?? "").split(separator: ",").compactMap { item in
      let name = item.drop { $0 == " " }.prefix { $0 != " " && $0 != "(" && $0 != "|" && $0 != ":" && $0 != "[" }
      return name.isEmpty ? nil : String(name)
    }
  }
}
