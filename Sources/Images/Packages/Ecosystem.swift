/// Where a package comes from, by the names that OSV uses, with the release of a distribution behind a colon.
///
/// Source: OSV schema, "Defined ecosystems".
package struct Ecosystem: Sendable, Hashable {
  /// `PyPI`, `Debian`, …
  package let name: String
  /// `12`, `v3.18`; nil where there is none.
  package let release: String?

  /// - Parameter name: as this table spells it.
  init(name: String, release: String?) {
    self.name = name
    self.release = release
  }

  package init(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1)
    let word = parts.first.map(String.init) ?? ""
    name = Self.spelling[word.lowercased()] ?? word
    release = parts.count > 1 ? String(parts[1]) : nil
  }

  package var text: String { release.map { "\(name):\($0)" } ?? name }

  /// Nil for an ecosystem whose versions are not known to be comparable.
  package var order: VersionOrder? {
    // `Root:Debian:12`: another's builds of what another ecosystem has.
    name == Self.ofAnother ? release.flatMap { Self.orders[Ecosystem($0).name] } : Self.orders[name]
  }

  /// The ecosystem whose releases are ecosystems.
  private static let ofAnother = "Root"

  /// Whether what is said of one is said of the other: the same name, and releases that mean the same. A text without a release
  /// means any.
  package func isSameRelease(_ other: Ecosystem) -> Bool {
    guard name == other.name else { return false }
    guard let release, let theirs = other.release, release != theirs else { return true }
    return EcosystemRelease.isSame(
      name, EcosystemRelease.key(name, release), EcosystemRelease.key(name, theirs))
  }

  /// Whether advisories for it, or for all of its releases, are among those of a store.
  ///
  /// - Parameter ecosystems: as advisories write them.
  package func isCovered(by ecosystems: Set<String>) -> Bool {
    ecosystems.contains(text) || ecosystems.contains(name)
      || ecosystems.contains { other in
        other.utf8.starts(with: name.utf8) && isSameRelease(Ecosystem(other))
      }
  }

  /// Whether it is a distribution of which advisories speak by release, and the release is not told: what holds for one says nothing
  /// of the next.
  package func lacksRelease(_ ecosystems: Set<String>) -> Bool {
    release == nil && isDistribution && !ecosystems.contains(name)
  }

  /// Whether its packages are those of a distribution, whose advisories speak of its own builds.
  package var isDistribution: Bool {
    switch order?.name {
    case VersionOrder.rpm.name, VersionOrder.debian.name, VersionOrder.alpine.name: true
    default: false
    }
  }

  package static var known: [String] { orders.keys.sorted() }

  /// As package names are compared: PyPI takes `-`, `_` and `.` for one, in any case.
  package func normalized(_ package: String) -> String {
    switch name {
    case "PyPI":
      var result = ""
      var pending = false
      for character in package.lowercased() {
        if character == "-" || character == "_" || character == "." {
          pending = true
          continue
        }
        if pending, !result.isEmpty { result.append("-") }
        pending = false
        result.append(character)
      }
      return result
    // Hosts of sources take names in any case, and package URLs write them in lower case.
    case "NuGet", "Packagist", "Hex", "Go", "GitHub Actions", "VSCode": return package.lowercased()
    case "SwiftURL": return Self.address(package.lowercased())
    default: return package
    }
  }

  /// Of an address of sources: without its scheme, and without `.git`.
  private static func address(_ url: String) -> String {
    var name = url[...]
    if let scheme = name.firstRange(of: "://") { name = name[scheme.upperBound...] }
    while name.last == "/" { name.removeLast() }
    if name.hasSuffix(".git") { name = name.dropLast(4) }
    return String(name)
  }

  private static let orders: [String: VersionOrder] = [
    "Alpaquita": .alpine, "AlmaLinux": .rpm, "Alpine": .alpine, "Amazon Linux": .rpm, "Azure Linux": .rpm,
    "BellSoft Hardened Containers": .alpine, "Bioconductor": .cran, "Bitnami": .semver, "CRAN": .cran,
    "Chainguard": .alpine, "CleanStart": .alpine, "ConanCenter": .semver, "Debian": .debian,
    "Docker Hardened Images": .debian, "Echo": .debian, "FreeBSD": .freeBSD, "GHC": .hackage,
    "GitHub Actions": .semver, "Go": .semver, "Hackage": .hackage, "Hex": .semver, "Julia": .semver,
    "Kubernetes": .semver, "Linux": .semver,
    "MinimOS": .alpine, "Mageia": .rpm,
    "Maven": .maven, "NuGet": .nuget, "Oracle Linux": .rpm, "Packagist": .php, "Photon OS": .rpm, "Pub": .pub,
    "PyPI": .python, "Red Hat": .rpm, "Rocky Linux": .rpm, "RubyGems": .ruby, "SUSE": .rpm, "SwiftURL": .semver,
    "TuxCare": .rpm, "Ubuntu": .debian, "VSCode": .semver, "Wolfi": .alpine, "crates.io": .semver, "npm": .semver,
    "opam": .opam, "openEuler": .rpm,
    "openSUSE": .rpm,
  ]

  /// Names as people, purls and package managers write them.
  private static let spelling: [String: String] = {
    var table: [String: String] = [:]
    for name in [ofAnother] + orders.keys { table[name.lowercased()] = name }
    for (word, name) in [
      ("pip", "PyPI"), ("golang", "Go"), ("cargo", "crates.io"), ("gem", "RubyGems"), ("composer", "Packagist"),
      ("deb", "Debian"), ("dpkg", "Debian"), ("apk", "Alpine"), ("rpm", "Red Hat"), ("redhat", "Red Hat"),
      ("swift", "SwiftURL"), ("semver", "npm"), ("rocky", "Rocky Linux"), ("alma", "AlmaLinux"),
      ("conan", "ConanCenter"),
    ] { table[word] = name }
    return table
  }()
}
