/// Which texts for a release of a distribution mean the same: advisories, package URLs and os-release write them in their own ways.
///
/// Source: OSV schema, "Defined ecosystems", for the suffixes of advisories; the distributions' lists of releases for names.
enum EcosystemRelease {
  /// What is equal for two texts exactly when what is said of the one holds for the other.
  static func key(_ ecosystem: String, _ release: String) -> String {
    let text = release.lowercased()
    switch ecosystem {
    case "Debian": return debian(text)
    case "Ubuntu": return ubuntu(text)
    case "Alpine": return alpine(text)
    case "Red Hat": return redHat(text)
    case "SUSE": return suse(text)
    case "AlmaLinux", "Rocky Linux", "Azure Linux", "Oracle Linux", "Mageia", "TuxCare", "Alpaquita",
      "BellSoft Hardened Containers":
      return String(text.prefix { $0 != "." })
    default: return text.hasPrefix("v") ? String(text.dropFirst()) : text
    }
  }

  /// Whether advisories of an ecosystem write its releases as numbers alone, so that two texts mean the same only when they are the
  /// same but for a `v`: then nothing need be made of them.
  static func isPlain(_ ecosystem: String) -> Bool { ecosystem == "Debian" || ecosystem == "Alpine" }

  /// The number of a release by its code name; nil for a name that is none.
  static func number(codename: String, of id: String) -> String? {
    switch id {
    case "debian": DebianReleases.number(codename).map(String.init)
    case "ubuntu": ubuntuNames[codename]
    default: nil
    }
  }

  private static func debian(_ text: String) -> String {
    number(codename: text, of: "debian") ?? String(text.prefix { $0 != "." })
  }

  /// `22.04:LTS`, `Pro:22.04:LTS`: what Ubuntu fixes for subscribers only is a fault of the release all the same. Variants such as
  /// `Pro:FIPS:22.04:LTS` have packages of their own.
  private static func ubuntu(_ text: String) -> String {
    let parts = text.split(separator: ":").filter { $0 != "lts" && $0 != "pro" }
    let numbers = parts.map { ubuntuNames[String($0)] ?? String($0) }
    return numbers.joined(separator: " ")
  }

  private static func alpine(_ text: String) -> String {
    let bare = text.hasPrefix("v") ? text.dropFirst() : text[...]
    if bare == "edge" || bare.contains("_alpha") { return "edge" }
    return bare.split(separator: ".").prefix(2).joined(separator: ".")
  }

  /// A CPE without its beginning: product, version, update and edition. The repositories of a release, which are its editions, are
  /// updated together; extended streams (`rhel_eus:9.2`) and layered products (`satellite:6.14`) are others.
  private static func redHat(_ text: String) -> String {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.first == "enterprise_linux", parts.count > 1 else { return text }
    return "enterprise_linux " + parts[1].prefix { $0 != "." }
  }

  /// The marketing name of a product. Packages of an Enterprise Server come from its modules, and for a while after the end of a
  /// service pack from its long-term support.
  private static func suse(_ text: String) -> String {
    var words = text.split { $0 == " " || $0 == "-" }.map(String.init)
    guard words.first == "linux" || words.first == "suse" else { return text }
    if words.first == "suse" { words.removeFirst() }
    guard words.starts(with: ["linux", "enterprise"]), words.count > 3 else { return words.joined(separator: " ") }
    let number = words.firstIndex { $0.first?.isNumber == true } ?? words.count
    let product = words[2..<number]
    let isServer = product == ["server"] || product.starts(with: ["module", "for"])
    guard isServer else { return words.joined(separator: " ") }
    let version = words[number...].filter { $0 != "ltss" && $0 != "espos" }
    return "linux enterprise server " + version.joined(separator: " ")
  }

  private static let ubuntuNames = [
    "trusty": "14.04", "xenial": "16.04", "bionic": "18.04", "focal": "20.04", "jammy": "22.04", "kinetic": "22.10",
    "lunar": "23.04", "mantic": "23.10", "noble": "24.04", "oracular": "24.10", "plucky": "25.04", "questing": "25.10",
    "resolute": "26.04",
  ]
}
