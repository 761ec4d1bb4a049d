package import Bytes

/// The distribution of an image.
///
/// Source: os-release(5).
package struct OperatingSystem: Sendable, Equatable {
  /// `ID`, in lower case: `debian`, `rhel`, `sles`.
  package let id: String
  /// `VERSION_ID`; empty where there is none.
  package let version: String
  /// For people.
  package let title: String
  /// `VERSION_CODENAME`; empty where there is none.
  private let codename: String
  /// `VERSION`, which tells of service packs what the number does not.
  private let fullVersion: String

  /// Where the name of a distribution stands; of several the first counts.
  package static let paths = [
    "etc/os-release", "usr/lib/os-release", "etc/alpine-release", "etc/oracle-release", "etc/redhat-release",
    "etc/system-release", "etc/SuSE-release", "etc/lsb-release", "etc/debian_version",
  ]

  private init(id: String, version: String, title: String = "", codename: String = "", fullVersion: String = "") {
    self.id = id
    self.version = version
    let number = version.isEmpty ? codename : version
    self.title = title.isEmpty ? number.isEmpty ? id : "\(id) \(number)" : title
    self.codename = codename
    self.fullVersion = fullVersion
  }

  /// - Parameter path: one of `paths`.
  package init?(_ text: String, path: String) {
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    let number = line.split { !($0.isNumber || $0 == ".") }.first { $0.first?.isNumber == true }.map(String.init) ?? ""
    switch path.split(separator: "/").last {
    case "alpine-release" where !number.isEmpty: self.init(id: "alpine", version: number)
    // Releases that are not out yet have names here.
    case "debian_version" where !line.isEmpty:
      let name = line.prefix { $0 != "/" }
      self.init(id: "debian", version: number, codename: number.isEmpty ? String(name) : "")
    case "redhat-release", "oracle-release", "system-release":
      let names = [
        ("Red Hat Enterprise Linux", "rhel"), ("CentOS", "centos"), ("AlmaLinux", "almalinux"), ("Rocky", "rocky"),
        ("Fedora", "fedora"), ("Oracle", "ol"), ("Amazon Linux", "amzn"),
      ]
      guard let id = names.first(where: { line.hasPrefix($0.0) })?.1 else { return nil }
      self.init(id: id, version: number, title: line)
    // Systems of SUSE before 12: the service pack stands on a line of its own.
    case "SuSE-release":
      let pack = Self.fields(text)["PATCHLEVEL"] ?? ""
      let isLeap = line.lowercased().hasPrefix("opensuse")
      self.init(
        id: isLeap ? "opensuse-leap" : line.contains("Desktop") ? "sled" : "sles",
        version: isLeap || pack.isEmpty ? number : number + "." + pack, title: line)
    case "lsb-release":
      let fields = Self.fields(text)
      guard let id = fields["DISTRIB_ID"]?.lowercased(), !id.isEmpty else { return nil }
      self.init(
        id: id, version: fields["DISTRIB_RELEASE"] ?? "", title: fields["DISTRIB_DESCRIPTION"] ?? "",
        codename: fields["DISTRIB_CODENAME"] ?? "")
    case "os-release": self.init(text)
    default: return nil
    }
  }

  /// Lines of `KEY=value`, some with blanks around the sign.
  private static func fields(_ text: String) -> [String: String] {
    var fields: [String: String] = [:]
    for line in text.split(whereSeparator: \.isNewline) {
      guard let equals = line.firstIndex(of: "=") else { continue }
      var key = line[..<equals]
      while key.last == " " { key.removeLast() }
      var value = line[line.index(after: equals)...].drop { $0 == " " }
      while value.last == " " { value.removeLast() }
      if let quote = value.first, quote == "\"" || quote == "'", value.count > 1, value.last == quote {
        value = value.dropFirst().dropLast()
      }
      fields[String(key)] = String(value)
    }
    return fields
  }

  /// - Parameter text: lines of `KEY=value`.
  package init?(_ text: String) {
    let fields = Self.fields(text)
    guard let id = fields["ID"], !id.isEmpty else { return nil }
    self.init(
      id: id, version: fields["VERSION_ID"] ?? "", title: fields["PRETTY_NAME"] ?? "",
      codename: fields["VERSION_CODENAME"] ?? "", fullVersion: fields["VERSION"] ?? "")
  }

  /// The distribution that a document names in a component of its own: by its identifier, or as people call it.
  ///
  /// - Parameter title: for people; empty where the document has none.
  package init?(sbom name: String, version: String, title: String = "") {
    guard !name.isEmpty else { return nil }
    let id = name.lowercased()
    // `12 (bookworm)`
    let number = version.prefix { $0 != " " }
    self.init(id: Self.ids[id] ?? id, version: number.lowercased() == "none" ? "" : String(number), title: title)
  }

  /// The distribution that a package URL names.
  ///
  /// - Parameters:
  ///   - namespace: the vendor: `debian`, `redhat`, `suse`.
  ///   - distro: the qualifier, as scanners and people write it: `debian-12`, `bookworm`, `rhel-9.4`, `sles-15.5`; empty where
  ///     there is none.
  package init?(namespace: String, distro: String) {
    // `debian 12`, and `amazon-2 (karoo)`.
    let lower = distro.lowercased()
    let text = lower.contains("-") ? lower : lower.split { $0 == " " }.joined(separator: "-")
    var (name, version) = (namespace.lowercased(), "")
    // The number stands behind the last hyphen that a digit follows.
    if let place = text.indices.last(where: {
      text[$0] == "-" && text[text.index(after: $0)...].first?.isNumber == true
    }) {
      name = String(text[..<place])
      version = String(text[text.index(after: place)...].prefix { $0 != " " })
    } else if text.first?.isNumber == true {
      version = text
    } else if !text.isEmpty {
      let word = text.hasPrefix(name + "-") ? String(text.dropFirst(name.count + 1)) : text
      let id = Self.ids[name] ?? name
      if Self.ids[word] != nil || word == id {
        name = word
      } else {
        self.init(id: id, version: word == "edge" || word == "stream" ? word : "", codename: word)
        return
      }
    }
    guard !name.isEmpty else { return nil }
    self.init(id: Self.ids[name] ?? name, version: version)
  }

  /// Identifiers of os-release by what else distributions are called.
  private static let ids = [
    "redhat": "rhel", "red hat": "rhel", "alma": "almalinux", "rockylinux": "rocky", "oracle": "ol",
    "oraclelinux": "ol", "amazon": "amzn", "amazonlinux": "amzn", "suse": "sles", "opensuse": "opensuse-leap",
    "opensuse.leap": "opensuse-leap", "opensuse.tumbleweed": "opensuse-tumbleweed",
    "opensuse-tumbleweed": "opensuse-tumbleweed", "suse linux enterprise server": "sles",
    "suse.linux.enterprise.server": "sles", "cbl-mariner": "mariner", "azure": "azurelinux", "openeuler": "openEuler",
    "photonos": "photon", "photon os": "photon", "debian gnu/linux": "debian", "alpine linux": "alpine",
    "red hat enterprise linux": "rhel", "red hat enterprise linux server": "rhel", "rocky linux": "rocky",
    "oracle linux server": "ol", "oracle linux": "ol", "amazon linux": "amzn", "centos linux": "centos",
    "fedora linux": "fedora", "azure linux": "azurelinux", "microsoft azure linux": "azurelinux",
    "opensuse leap": "opensuse-leap", "opensuse tumbleweed": "opensuse-tumbleweed",
  ]

  /// What packages of this distribution are called: by the name of advisories, or by its own, which no advisory has.
  package var packageEcosystem: Ecosystem { ecosystem ?? Ecosystem(version.isEmpty ? id : "\(id):\(version)") }

  /// What advisories call packages of this distribution; nil where none is known.
  package var ecosystem: Ecosystem? {
    let numbers = version.split(separator: ".")
    let major = numbers.first.map(String.init) ?? ""
    func named(_ name: String, _ release: String) -> Ecosystem {
      Ecosystem(name: name, release: release.isEmpty ? nil : release)
    }
    switch id {
    case "debian":
      return named(
        "Debian",
        EcosystemRelease.number(codename: codename, of: id)
          ?? (major.isEmpty ? codename : EcosystemRelease.debian(version)))
    case "ubuntu":
      // `24.04.1` is an update of `24.04`.
      let number = numbers.prefix(2).joined(separator: ".")
      return named("Ubuntu", number.isEmpty ? EcosystemRelease.number(codename: codename, of: id) ?? "" : number)
    case "alpine":
      if version == "edge" || version.contains("_alpha") || title.split(separator: " ").last == "edge" {
        return named("Alpine", "edge")
      }
      return named("Alpine", numbers.count < 2 ? "" : "v\(numbers[0]).\(numbers[1])")
    case "almalinux": return named("AlmaLinux", major)
    case "rocky": return named("Rocky Linux", major)
    case "ol": return named("Oracle Linux", major)
    // Only the first releases, `2018.03`, have a month.
    case "amzn": return named("Amazon Linux", numbers.count == 2 && numbers[1].count == 2 ? version : major)
    // CentOS was built from the sources of Red Hat's releases; CentOS Stream is ahead of them.
    case "centos" where title.contains("Stream"): return nil
    case "rhel", "centos": return named("Red Hat", major.isEmpty ? "" : "enterprise_linux:" + major)
    case "sles", "sles_sap": return named("SUSE", major.isEmpty ? "" : "Linux Enterprise Server " + servicePack)
    case "sled": return named("SUSE", major.isEmpty ? "" : "Linux Enterprise Desktop " + servicePack)
    case "sle_hpc":
      return named("SUSE", major.isEmpty ? "" : "Linux Enterprise High Performance Computing " + servicePack)
    case "sle_rt": return named("SUSE", major.isEmpty ? "" : "Linux Enterprise Real Time " + servicePack)
    case "sle-micro", "sle-micro-rancher", "suse-microos": return named("SUSE", "Linux Enterprise Micro " + version)
    case "sl-micro": return named("SUSE", "Linux Micro " + version)
    case "opensuse-leap": return named("openSUSE", version.isEmpty ? "" : "Leap " + version)
    case "opensuse-leap-micro": return named("openSUSE", "Leap Micro " + version)
    case "opensuse-tumbleweed": return named("openSUSE", "Tumbleweed")
    case "photon": return named("Photon OS", version)
    case "azurelinux", "mariner": return named("Azure Linux", major)
    case "openEuler": return named("openEuler", openEuler)
    case "mageia": return named("Mageia", major)
    case "alpaquita": return named("Alpaquita", major)
    case "bellsoft-hardened-containers": return named("BellSoft Hardened Containers", major)
    case "wolfi": return named("Wolfi", "")
    case "chainguard": return named("Chainguard", "")
    case "minimos": return named("MinimOS", "")
    case "echo": return named("Echo", "")
    case "cleanstart": return named("CleanStart", "")
    default: return nil
    }
  }

  // MARK: As a document

  /// As processes of this program tell each other.
  package func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      for (key, value) in [
        ("id", id), ("version", version), ("title", title), ("codename", codename), ("fullVersion", fullVersion),
      ] { writer.field(key, value) }
    }
  }

  /// - Returns: nil for what is no such object.
  package init?(json item: DocumentNode) {
    guard let id = item["id"]?.string else { return nil }
    func text(_ key: String) -> String { item[key]?.string ?? "" }
    self.init(
      id: id, version: text("version"), title: text("title"), codename: text("codename"),
      fullVersion: text("fullVersion"))
  }

  /// `15 SP5` of 15.5; from 16 on the version as it is.
  private var servicePack: String {
    let numbers = version.split(separator: ".")
    if let major = numbers.first.flatMap({ Int($0) }), major >= 16 { return version }
    guard numbers.count > 1, numbers[1] != "0" else { return numbers.first.map(String.init) ?? "" }
    return "\(numbers[0]) SP\(numbers[1])"
  }

  /// `24.03-LTS-SP1` of `24.03 (LTS-SP1)`.
  private var openEuler: String {
    let inner = fullVersion.split { $0 == "(" || $0 == ")" }.dropFirst().first ?? ""
    return inner.isEmpty ? version : "\(version)-\(inner)"
  }
}
