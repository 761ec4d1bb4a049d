/// Packages by their package URLs, and back.
extension SoftwarePackage {
  /// Ecosystems whose type of package URL needs nothing but a name that is cut, where it is, at its last separator.
  private static let plainTypes: [(ecosystem: String, type: String, separator: Character?)] = [
    ("PyPI", "pypi", nil), ("npm", "npm", "/"), ("crates.io", "cargo", nil), ("RubyGems", "gem", nil),
    ("Packagist", "composer", "/"), ("NuGet", "nuget", nil), ("Maven", "maven", ":"), ("SwiftURL", "swift", "/"),
    ("Pub", "pub", nil), ("Hex", "hex", nil), ("ConanCenter", "conan", nil), ("Hackage", "hackage", nil),
    ("Bitnami", "bitnami", nil), ("CocoaPods", "cocoapods", nil), ("CRAN", "cran", nil), ("Julia", "julia", nil),
    ("Bioconductor", "bioconductor", nil), ("GitHub Actions", "githubactions", "/"),
    ("VSCode", "vscode-extension", "."), ("opam", "opam", nil),
  ]

  /// Distributions by the names of their ecosystems: the type of their packages, the vendor, and the identifier of os-release.
  private static let distributions: [(ecosystem: String, type: String, vendor: String, id: String)] = [
    ("Debian", "deb", "debian", "debian"), ("Ubuntu", "deb", "ubuntu", "ubuntu"), ("Echo", "deb", "echo", "echo"),
    ("Alpine", "apk", "alpine", "alpine"), ("Wolfi", "apk", "wolfi", "wolfi"),
    ("Chainguard", "apk", "chainguard", "chainguard"), ("MinimOS", "apk", "minimos", "minimos"),
    ("CleanStart", "apk", "cleanstart", "cleanstart"), ("Alpaquita", "apk", "alpaquita", "alpaquita"),
    ("BellSoft Hardened Containers", "apk", "bellsoft-hardened-containers", "bellsoft-hardened-containers"),
    ("AlmaLinux", "rpm", "almalinux", "almalinux"), ("Rocky Linux", "rpm", "rocky", "rocky"),
    ("Red Hat", "rpm", "redhat", "rhel"), ("Oracle Linux", "rpm", "oracle", "ol"),
    ("Amazon Linux", "rpm", "amazon", "amzn"), ("openSUSE", "rpm", "opensuse", "opensuse-leap"),
    ("SUSE", "rpm", "suse", "sles"), ("Photon OS", "rpm", "photon", "photon"),
    ("Azure Linux", "rpm", "azurelinux", "azurelinux"), ("openEuler", "rpm", "openeuler", "openEuler"),
    ("Mageia", "rpm", "mageia", "mageia"),
  ]

  /// The qualifier `distro` of a release: `debian-12`, `rhel-9`, `sles-15.5`.
  private static func distro(_ ecosystem: Ecosystem, _ id: String) -> String? {
    guard let release = ecosystem.release else { return nil }
    switch ecosystem.name {
    case "Alpine": return "\(id)-\(release.drop { $0 == "v" })"
    case "Red Hat": return "\(id)-\(release.split(separator: ":").dropFirst().first ?? release[...])"
    case "SUSE", "openSUSE":
      // `Linux Enterprise Server 15 SP5`, `Leap 15.5`, `Tumbleweed`.
      let words = release.split(separator: " ")
      guard let place = words.firstIndex(where: { $0.first?.isNumber == true }) else {
        return release == "Tumbleweed" ? "opensuse-tumbleweed" : nil
      }
      let pack = words[(place + 1)...].first { $0.hasPrefix("SP") }.map { "." + $0.dropFirst(2) } ?? ""
      let isMicro = words.contains("Micro")
      let own =
        isMicro
        ? (ecosystem.name == "SUSE" ? (words.contains("Enterprise") ? "sle-micro" : "sl-micro") : "opensuse-leap-micro")
        : words.contains("Desktop")
          ? "sled" : words.contains("Performance") ? "sle_hpc" : words.contains("Real") ? "sle_rt" : id
      return "\(own)-\(words[place])\(pack)"
    default: return "\(id)-\(release)"
    }
  }

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
    if let own = Self.distributions.first(where: { $0.ecosystem == ecosystem.name }) {
      type = own.type
      namespace = own.vendor
      qualifiers["distro"] = Self.distro(ecosystem, own.id)
      qualifiers["arch"] = architecture
      let other = sourceVersion.flatMap { $0 == self.version ? nil : $0 }
      if let source, source != self.name || other != nil {
        qualifiers["upstream"] = source + (other.map { "@" + $0 } ?? "")
      }
      if own.type == "rpm" {
        if let colon = version.firstIndex(of: ":") {
          qualifiers["epoch"] = String(version[..<colon])
          version = String(version[version.index(after: colon)...])
        }
        if let module { qualifiers["rpmmod"] = module }
      }
    } else if ecosystem.name == "Go" {
      type = "golang"
      split(at: "/")
      if version.first?.isNumber == true, self.name != "stdlib" { version = "v" + version }
    } else if let plain = Self.plainTypes.first(where: { $0.ecosystem == ecosystem.name }) {
      type = plain.type
      if let separator = plain.separator { split(at: separator) }
    } else {
      return nil
    }
    return try? PackageURL(type: type, namespace: namespace, name: name, version: version, qualifiers: qualifiers)
  }

  /// A package that an SBOM names; nil for a type that no advisories are known of, or one without a version.
  ///
  /// - Parameter system: the distribution that the document tells of, for package URLs that tell of none.
  package init?(purl: PackageURL, path: String, system: OperatingSystem? = nil) {
    guard var version = purl.version else { return nil }
    var name = purl.name
    let ecosystem: Ecosystem
    func joined(_ separator: Character) { name = (purl.namespace.map { $0 + String(separator) } ?? "") + purl.name }
    switch purl.type {
    case "deb", "apk", "rpm":
      guard let own = Self.ecosystem(purl, system) else { return nil }
      ecosystem = own
      // Some write the epoch there and not before the version, some at both places.
      if let epoch = purl.qualifiers["epoch"], epoch != "0", !version.hasPrefix(epoch + ":") {
        version = "\(epoch):\(version)"
      }
    case "golang":
      ecosystem = Ecosystem("Go")
      joined("/")
      version = String(version.drop { $0 == "v" })
      // As some call the standard library.
      if name == "std" { name = "stdlib" }
      if name == "stdlib", version.hasPrefix("go") { version.removeFirst(2) }
    default:
      guard let plain = Self.plainTypes.first(where: { $0.type == purl.type }) else { return nil }
      ecosystem = Ecosystem(plain.ecosystem)
      if let separator = plain.separator { joined(separator) }
      if plain.type == "gem" { version = RubyVersions.withoutPlatform(version) }
    }
    let (source, sourceVersion) = Self.upstream(purl, version)
    self.init(
      ecosystem: ecosystem, name: name, version: version, source: source, sourceVersion: sourceVersion, path: path)
    module = (purl.qualifiers["rpmmod"] ?? purl.qualifiers["modularitylabel"]).flatMap { Self.stream($0) }
    architecture = purl.qualifiers["arch"]
  }

  /// Whether there are ecosystems with advisories of a type of package URLs.
  static func knowsType(_ type: String) -> Bool {
    ["deb", "apk", "rpm", "golang"].contains(type) || plainTypes.contains { $0.type == type }
  }

  private static func ecosystem(_ purl: PackageURL, _ system: OperatingSystem?) -> Ecosystem? {
    let namespace = purl.namespace ?? ""
    let distro = purl.qualifiers["distro"] ?? ""
    if let named = OperatingSystem(namespace: namespace, distro: distro), let own = named.ecosystem {
      // One that is not told here is the document's, if that is of the same vendor.
      if own.release == nil, let whole = system?.ecosystem, whole.name == own.name { return whole }
      return own
    }
    if namespace.isEmpty || distro.isEmpty, let own = system?.packageEcosystem { return own }
    // A distribution without advisories is told by its own name.
    return OperatingSystem(namespace: namespace, distro: distro)?.packageEcosystem
      ?? (purl.type == "deb" ? Ecosystem("Debian") : purl.type == "apk" ? Ecosystem("Alpine") : nil)
  }

  /// `upstream=name@version`, or `upstream=name-version-release.src.rpm`.
  private static func upstream(_ purl: PackageURL, _ version: String) -> (name: String?, version: String?) {
    guard let text = purl.qualifiers["upstream"], !text.isEmpty else { return (nil, nil) }
    if purl.type == "rpm", let source = SourceRPM(text) {
      return (source.name, source.fullVersion(like: version))
    }
    let name = String(text.prefix { $0 != "@" })
    let own = text.firstIndex(of: "@").map { String(text[text.index(after: $0)...]) }
    return (name, own.flatMap { $0.isEmpty ? nil : $0 })
  }

  /// `nodejs:18` of `nodejs:18:8060020220929182652:ad008a3a`.
  package static func stream(_ label: String) -> String? {
    let parts = label.split(separator: ":").prefix(2)
    return parts.count == 2 ? parts.joined(separator: ":") : nil
  }
}
