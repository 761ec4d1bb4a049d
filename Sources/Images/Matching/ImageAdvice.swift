/// The changes to an image that take most away, most first: a package is upgraded once, whatever the number of its advisories.
package struct ImageAdvice: Sendable {
  /// One upgrade.
  package struct Step: Sendable {
    /// What to upgrade: the source package of a distribution, or a package of a language.
    package let package: String
    package let ecosystem: Ecosystem
    /// The lowest version that fixes all that can be fixed in it.
    package let version: String
    /// Installed packages that it concerns.
    package let names: [String]
    package let paths: [String]
    /// What to run, or to write into the build.
    package let command: String
    /// Advisories that it takes away.
    package let removes: Int
    package let worst: Priority.Level
  }

  package private(set) var steps: [Step] = []

  /// A package with vulnerabilities that no version fixes: what does not need it does without.
  package struct Removal: Sendable {
    package let package: String
    package let advisories: Int
    package let worst: Priority.Level
  }

  package private(set) var removals: [Removal] = []

  /// A package of which no version is called fixed, and later ones are not affected.
  package struct Departure: Sendable {
    package let package: String
    /// The last affected version of all its advisories.
    package let after: String
    package let advisories: Int
    package let worst: Priority.Level
  }

  /// The most urgent first.
  package private(set) var departures: [Departure] = []

  /// Vulnerabilities that come with the bottom layer of an image that has more: a newer base takes away those that it fixes, whatever is
  /// built on it.
  package private(set) var fromBase = 0
  /// How many of these have a fixed version.
  package private(set) var fixableInBase = 0

  private struct Key: Hashable {
    let package: String
    let ecosystem: Ecosystem
  }

  /// - Parameter layers: of the image; 0 outside images.
  package init(_ findings: [ImageFinding], layers: Int = 0) {
    if layers > 1 {
      let base = findings.filter { $0.package.layer == 0 }
      fromBase = Set(base.map(\.vulnerability)).count
      fixableInBase = Set(base.filter { $0.fix != nil }.map(\.vulnerability)).count
    }
    let open = Dictionary(grouping: findings.filter { $0.fix == nil && $0.lastAffected == nil }) {
      $0.package.source ?? $0.package.name
    }
    departures = Self.departures(findings)
    removals = open.map { name, own in
      Removal(
        package: name, advisories: Set(own.map(\.vulnerability)).count,
        worst: own.map(\.priority.level).max { $0.rawValue < $1.rawValue } ?? .unknown)
    }.sorted { a, b in
      (b.worst.rawValue, b.advisories, a.package) < (a.worst.rawValue, a.advisories, b.package)
    }
    var groups:
      [Key: (version: String, names: Set<String>, paths: Set<String>, ids: Set<String>, worst: Priority.Level)] =
        [:]
    for finding in findings {
      guard let fix = finding.fix else { continue }
      let package = finding.package
      let key = Key(package: package.source ?? package.name, ecosystem: package.ecosystem)
      var group = groups[key] ?? (fix, [], [], [], finding.priority.level)
      if package.ecosystem.order?.compare(group.version, fix) == .less { group.version = fix }
      group.names.insert(package.name)
      group.paths.insert(package.path)
      group.ids.insert(finding.vulnerability)
      if finding.priority.level.rawValue > group.worst.rawValue { group.worst = finding.priority.level }
      groups[key] = group
    }
    steps = groups.map { key, group in
      let names = group.names.sorted()
      return Step(
        package: key.package, ecosystem: key.ecosystem, version: group.version, names: names,
        paths: group.paths.sorted(),
        command: Self.command(key.ecosystem, key.package, names, group.version), removes: group.ids.count,
        worst: group.worst)
    }.sorted { a, b in
      (b.removes, a.package, a.ecosystem.text) < (a.removes, b.package, b.ecosystem.text)
    }
  }

  private static func departures(_ findings: [ImageFinding]) -> [Departure] {
    let outgrown = findings.filter { $0.fix == nil && $0.lastAffected != nil }
    return Dictionary(grouping: outgrown) {
      Key(package: $0.package.source ?? $0.package.name, ecosystem: $0.package.ecosystem)
    }.compactMap { key, own -> Departure? in
      let last = own.compactMap(\.lastAffected).max { key.ecosystem.order?.compare($0, $1) == .less }
      return last.map { last in
        Departure(
          package: key.package, after: last, advisories: Set(own.map(\.vulnerability)).count,
          worst: own.map(\.priority.level).max { $0.rawValue < $1.rawValue } ?? .unknown)
      }
    }.sorted { a, b in
      (b.worst.rawValue, b.advisories, a.package) < (a.worst.rawValue, a.advisories, b.package)
    }
  }

  /// How a package of an ecosystem is brought to a version.
  static func command(_ ecosystem: Ecosystem, _ package: String, _ names: [String], _ version: String) -> String {
    let all = names.joined(separator: " ")
    switch ecosystem.name {
    case "Debian", "Ubuntu", "Echo": return "apt-get update && apt-get install --only-upgrade \(all)"
    case "Alpine", "Wolfi", "Chainguard", "MinimOS": return "apk upgrade --no-cache \(all)"
    case "SUSE", "openSUSE": return "zypper update \(all)"
    case "Photon OS", "Azure Linux": return "tdnf update \(all)"
    case "AlmaLinux", "Rocky Linux", "Red Hat", "Oracle Linux", "Amazon Linux", "Mageia", "openEuler":
      return "dnf upgrade \(all)"
    case "PyPI": return "pip install '\(package)>=\(version)'"
    case "npm": return "npm install \(package)@\(version)"
    case "Go":
      return package == "stdlib" || package == "toolchain"
        ? "build it again with Go \(version) or later" : "go get \(package)@v\(version)"
    case "crates.io": return "cargo update -p \(package) --precise \(version)"
    case "RubyGems": return "bundle update \(package)"
    case "Packagist": return "composer require \(package):^\(version)"
    case "NuGet": return "dotnet add package \(package) --version \(version)"
    case "Maven": return "set \(package) to \(version) in the build file"
    case "Hex": return "mix deps.update \(package)"
    case "Pub": return "dart pub upgrade \(package)"
    case "SwiftURL": return "swift package update \(package)"
    default: return "upgrade \(package) to \(version)"
    }
  }
}
