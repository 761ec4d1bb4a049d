/// Packages by their package URLs, and back.
extension SoftwarePackage {
  /// Ecosystems whose type of package URL needs nothing but a name that is cut, where it is, at its last separator.
  private static let plainTypes: [(ecosystem: String, type: String, separator: Character?)] = [
    ("PyPI", "pypi", nil), ("npm", "npm", "/"), ("crates.io", "cargo", nil), ("RubyGems", "gem", nil),
    ("Packagist", "composer", "/"), ("NuGet", "nuget", nil), ("Maven", "maven", ":"), ("SwiftURL", "swift", "/"),
    ("Pub", "pub", nil), ("Hex", "hex", nil), ("ConanCenter", "conan", nil), ("Hackage", "hackage", nil),
  ]

  /// Distributions with rpm, and what package URLs call them.
  private static let rpmVendors: [(ecosystem: String, vendor: String)] = [
    ("AlmaLinux", "almalinux"), ("Rocky Linux", "rocky"), ("Red Hat", "redhat"), ("openSUSE", "opensuse"),
    ("SUSE", "suse"), ("Photon OS", "photon"), ("Azure Linux", "azurelinux"), ("openEuler", "openeuler"),
    ("Mageia", "mageia"),
  ]

  /// Nil for an ecosystem without a type of package URL, or a name that such a URL cannot hold.
  package var purl: PackageURL? {
    var namespace: String?
    var name = name
    var version = version
    var qualifiers: [String: String] = [:]
    let type: String
    func split(at separator: Character) {
      guard let place = name.lastIndex(of: separator) else { return }
      namespace = String(name[..<place])
      name = String(name[name.index(after: place)...])
    }
    func distribution(_ vendor: String) {
      namespace = vendor
      if let release = ecosystem.release { qualifiers["distro"] = "\(vendor)-\(release.drop { $0 == "v" })" }
      let own = sourceVersion.flatMap { $0 == self.version ? nil : $0 }
      if let source, source != self.name || own != nil {
        qualifiers["upstream"] = source + (own.map { "@" + $0 } ?? "")
      }
    }
    switch ecosystem.name {
    case "Debian", "Ubuntu":
      type = "deb"
      distribution(ecosystem.name.lowercased())
    case "Alpine", "Wolfi", "Chainguard":
      type = "apk"
      distribution(ecosystem.name.lowercased())
    case "Go":
      type = "golang"
      split(at: "/")
      if version.first?.isNumber == true, self.name != "stdlib" { version = "v" + version }
    default:
      if let plain = Self.plainTypes.first(where: { $0.ecosystem == ecosystem.name }) {
        type = plain.type
        if let separator = plain.separator { split(at: separator) }
      } else if let vendor = Self.rpmVendors.first(where: { $0.ecosystem == ecosystem.name })?.vendor {
        type = "rpm"
        distribution(vendor)
        if let colon = version.firstIndex(of: ":") {
          qualifiers["epoch"] = String(version[..<colon])
          version = String(version[version.index(after: colon)...])
        }
      } else {
        return nil
      }
    }
    return try? PackageURL(type: type, namespace: namespace, name: name, version: version, qualifiers: qualifiers)
  }

  /// A package that an SBOM names; nil for a type that no advisories are known of, or one without a version.
  package init?(purl: PackageURL, path: String) {
    guard var version = purl.version else { return nil }
    var name = purl.name
    let ecosystem: Ecosystem
    func release(_ drop: String) -> String? {
      guard let distro = purl.qualifiers["distro"] else { return nil }
      let text = distro.hasPrefix(drop + "-") ? String(distro.dropFirst(drop.count + 1)) : distro
      return text.isEmpty ? nil : text
    }
    func joined(_ separator: Character) { name = (purl.namespace.map { $0 + String(separator) } ?? "") + purl.name }
    switch purl.type {
    case "deb":
      let isUbuntu = purl.namespace == "ubuntu"
      let number = release(purl.namespace ?? "")
      // Debian is told by its major number, Ubuntu by year and month.
      let place = number.map { ":" + (isUbuntu ? $0 : String($0.prefix { $0 != "." })) } ?? ""
      ecosystem = Ecosystem((isUbuntu ? "Ubuntu" : "Debian") + place)
    case "apk":
      let parts = (release(purl.namespace ?? "") ?? "").split(separator: ".")
      switch purl.namespace {
      case "wolfi": ecosystem = Ecosystem("Wolfi")
      case "chainguard": ecosystem = Ecosystem("Chainguard")
      default: ecosystem = Ecosystem(parts.count < 2 ? "Alpine" : "Alpine:v\(parts[0]).\(parts[1])")
      }
    case "rpm":
      if let epoch = purl.qualifiers["epoch"], epoch != "0" { version = "\(epoch):\(version)" }
      let major = (release(purl.namespace ?? "") ?? "").prefix { $0 != "." }
      guard let known = Self.rpmVendors.first(where: { $0.vendor == purl.namespace })?.ecosystem else { return nil }
      ecosystem = Ecosystem(known + (major.isEmpty ? "" : ":\(major)"))
    case "golang":
      ecosystem = Ecosystem("Go")
      joined("/")
      version = String(version.drop { $0 == "v" })
    default:
      guard let plain = Self.plainTypes.first(where: { $0.type == purl.type }) else { return nil }
      ecosystem = Ecosystem(plain.ecosystem)
      if let separator = plain.separator { joined(separator) }
    }
    let upstream = purl.qualifiers["upstream"].map { String($0.prefix { $0 != "@" }) }
    let upstreamVersion = purl.qualifiers["upstream"].flatMap { text in
      text.firstIndex(of: "@").map { String(text[text.index(after: $0)...]) }
    }
    self.init(
      ecosystem: ecosystem, name: name, version: version, source: upstream, sourceVersion: upstreamVersion, path: path)
  }
}
