/// Packages by their package URLs, and back.
extension SoftwarePackage {
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
    func distribution(_ kind: String, _ vendor: String, _ id: String) {
      namespace = vendor
      if let release = ecosystem.release { qualifiers["distro"] = "\(id)-\(release.drop { $0 == "v" })" }
      let own = sourceVersion.flatMap { $0 == self.version ? nil : $0 }
      if let source, source != self.name || own != nil {
        qualifiers["upstream"] = source + (own.map { "@" + $0 } ?? "")
      }
    }
    switch ecosystem.name {
    case "Debian", "Ubuntu":
      type = "deb"
      distribution("deb", ecosystem.name.lowercased(), ecosystem.name.lowercased())
    case "Alpine", "Wolfi", "Chainguard":
      type = "apk"
      distribution("apk", ecosystem.name.lowercased(), ecosystem.name.lowercased())
    case "AlmaLinux", "Rocky Linux", "Red Hat", "openSUSE", "SUSE", "Photon OS", "Azure Linux", "openEuler", "Mageia":
      type = "rpm"
      let vendor =
        [
          "AlmaLinux": "almalinux", "Rocky Linux": "rocky", "Red Hat": "redhat", "openSUSE": "opensuse", "SUSE": "suse",
          "Photon OS": "photon", "Azure Linux": "azurelinux", "openEuler": "openeuler", "Mageia": "mageia",
        ][ecosystem.name] ?? ""
      distribution("rpm", vendor, vendor)
      if let colon = version.firstIndex(of: ":") {
        qualifiers["epoch"] = String(version[..<colon])
        version = String(version[version.index(after: colon)...])
      }
    case "PyPI": type = "pypi"
    case "npm":
      type = "npm"
      split(at: "/")
    case "Go":
      type = "golang"
      split(at: "/")
      if version.first?.isNumber == true, self.name != "stdlib" { version = "v" + version }
    case "crates.io": type = "cargo"
    case "RubyGems": type = "gem"
    case "Packagist":
      type = "composer"
      split(at: "/")
    case "NuGet": type = "nuget"
    case "Maven":
      type = "maven"
      split(at: ":")
    case "SwiftURL":
      type = "swift"
      split(at: "/")
    case "Pub": type = "pub"
    case "Hex": type = "hex"
    case "ConanCenter": type = "conan"
    case "Hackage": type = "hackage"
    default: return nil
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
    func joined(_ separator: String) { name = (purl.namespace.map { $0 + separator } ?? "") + purl.name }
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
      let names = [
        "almalinux": "AlmaLinux", "rocky": "Rocky Linux", "redhat": "Red Hat", "opensuse": "openSUSE", "suse": "SUSE",
        "photon": "Photon OS", "azurelinux": "Azure Linux", "openeuler": "openEuler", "mageia": "Mageia",
      ]
      guard let known = names[purl.namespace ?? ""] else { return nil }
      ecosystem = Ecosystem(known + (major.isEmpty ? "" : ":\(major)"))
    case "pypi": ecosystem = Ecosystem("PyPI")
    case "npm":
      ecosystem = Ecosystem("npm")
      joined("/")
    case "golang":
      ecosystem = Ecosystem("Go")
      joined("/")
      version = String(version.drop { $0 == "v" })
    case "cargo": ecosystem = Ecosystem("crates.io")
    case "gem": ecosystem = Ecosystem("RubyGems")
    case "composer":
      ecosystem = Ecosystem("Packagist")
      joined("/")
    case "nuget": ecosystem = Ecosystem("NuGet")
    case "maven":
      ecosystem = Ecosystem("Maven")
      joined(":")
    case "swift":
      ecosystem = Ecosystem("SwiftURL")
      joined("/")
    case "pub": ecosystem = Ecosystem("Pub")
    case "hex": ecosystem = Ecosystem("Hex")
    case "conan": ecosystem = Ecosystem("ConanCenter")
    case "hackage": ecosystem = Ecosystem("Hackage")
    default: return nil
    }
    let upstream = purl.qualifiers["upstream"].map { String($0.prefix { $0 != "@" }) }
    let upstreamVersion = purl.qualifiers["upstream"].flatMap { text in
      text.firstIndex(of: "@").map { String(text[text.index(after: $0)...]) }
    }
    self.init(
      ecosystem: ecosystem, name: name, version: version, source: upstream, sourceVersion: upstreamVersion, path: path)
  }
}
