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
    case "Root":
      let own = Ecosystem(release)
      return own.name + (own.release.map { ":" + key(own.name, $0) } ?? "")
    case "AlmaLinux", "Rocky Linux", "Azure Linux", "Oracle Linux", "Mageia", "TuxCare", "Alpaquita",
      "BellSoft Hardened Containers":
      return String(text.prefix { $0 != "." })
    default: return text.hasPrefix("v") ? String(text.dropFirst()) : text
    }
  }

  /// Whether advisories of an ecosystem write its releases as numbers alone, so that two texts mean the same only when they are the
  /// same but for a `v`: then nothing need be made of them. Debian's first releases have a point in their number.
  static func isPlain(_ ecosystem: String, _ release: some Sequence<UInt8>) -> Bool {
    ecosystem == "Alpine" || ecosystem == "Debian" && !release.contains(UInt8(ascii: "."))
  }

  /// The number of a release by its code name; nil for a name that is none.
  static func number(codename: String, of id: String) -> String? {
    switch id {
    case "debian": codename == "unstable" ? "sid" : DebianReleases.number(codename).map(String.init)
    case "ubuntu": ubuntuNames[codename]
    default: nil
    }
  }

  /// Up to 3.1 the part behind the point is of the release, and from 4.0 on it tells of updates.
  static func debian(_ text: String) -> String {
    if let number = number(codename: text, of: "debian") { return number }
    let parts = text.split(separator: ".")
    guard let major = parts.first, parts.count > 1, let number = Int(major), number < 4 else {
      return String(text.prefix { $0 != "." })
    }
    return "\(major).\(parts[1])"
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

  /// The marketing name of a product: of an Enterprise Linux its kind, its version and its service pack, whatever else is in the name.
  ///
  /// Packages come from the modules and extensions of all kinds, and after the end of a service pack from its long-term support.
  /// Servers for SAP are servers with more. From version 16 on there are no service packs.
  ///
  /// Source: SUSE, "Product Lifecycle", "Modules and Extensions Quick Start".
  private static func suse(_ text: String) -> String {
    var words = text.split { $0 == " " || $0 == "-" }.map(String.init)
    if words.first == "suse" { words.removeFirst() }
    // `Python 3` is a module.
    guard words.starts(with: ["linux", "enterprise"]), words.count > 3,
      let number = words.lastIndex(where: { $0.first?.isNumber == true })
    else { return words.isEmpty ? text : words.joined(separator: " ") }
    let product = words[2..<number]
    guard let kind = suseKinds.first(where: { product.starts(with: $0.words) })?.kind else {
      return words.joined(separator: " ")
    }
    let pack = words[number...].dropFirst().first { $0.hasPrefix("sp") && $0.dropFirst(2).allSatisfy(\.isNumber) }
    return "\(kind) \(words[number])\(pack.map { " " + $0 } ?? "")"
  }

  private static let anyKind = "part"
  private static let suseKinds: [(words: [String], kind: String)] = [
    (["server"], "server"), (["desktop"], "desktop"), (["high", "performance", "computing"], "hpc"),
    (["real", "time"], "realtime"), (["module", "for"], anyKind), (["workstation", "extension"], anyKind),
    (["software", "development", "kit"], anyKind), (["software", "bootstrap", "kit"], anyKind),
    (["live", "patching"], anyKind), (["high", "availability"], anyKind), (["point", "of"], "pos"),
  ]

  /// Whether what is said of a release holds for another, by their keys.
  ///
  /// Of SUSE a module holds for every kind of system of its version; a module of version 12, which has no service packs, for each of
  /// them.
  static func isSame(_ ecosystem: String, _ key: String, _ other: String) -> Bool {
    if key == other { return true }
    guard ecosystem == "SUSE" else { return false }
    let (a, b) = (key.split(separator: " "), other.split(separator: " "))
    guard a.count >= 2, b.count >= 2, a[0] == anyKind || b[0] == anyKind, a[1] == b[1] else { return false }
    let packs = (a.dropFirst(2).first, b.dropFirst(2).first)
    if packs.0 == packs.1 { return true }
    return a[1] == "12" && (packs.0 == nil && a[0] == anyKind || packs.1 == nil && b[0] == anyKind)
  }

  private static let ubuntuNames = [
    "trusty": "14.04", "xenial": "16.04", "bionic": "18.04", "focal": "20.04", "jammy": "22.04", "kinetic": "22.10",
    "lunar": "23.04", "mantic": "23.10", "noble": "24.04", "oracular": "24.10", "plucky": "25.04", "questing": "25.10",
    "resolute": "26.04",
  ]
}
