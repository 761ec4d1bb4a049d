/// Whose package an installed one is. Advisories of a distribution speak of its own builds; a package that somebody else made may
/// have the same name and another content.
///
/// Only what the databases say counts, and where they say nothing a package is the distribution's: to take one of those for
/// another's would hide what is known of it.
enum PackageOrigin {
  /// The vendor of a Debian package that is not Debian's or Ubuntu's.
  ///
  /// Source: deb-control(5), `Origin`, `Maintainer`; Debian Policy, 5.6.12, for versions. Tools that build packages outside of a
  /// distribution write a field `Vendor`.
  static func vendor(dpkg fields: [String: String], version: String) -> String? {
    let own = ["debian", "ubuntu"]
    for key in ["Vendor", "Origin"] {
      if let text = fields[key], !text.isEmpty, !own.contains(where: { text.lowercased().hasPrefix($0) }) {
        return name(text)
      }
    }
    if let known = builders.first(where: { version.contains($0.mark) }) { return known.vendor }
    guard let maintainer = fields["Maintainer"], let at = maintainer.lastIndex(of: "@") else { return nil }
    let domain = maintainer[maintainer.index(after: at)...].prefix { $0 != ">" && $0 != " " }.lowercased()
    if let known = companies.first(where: { domain == $0 || domain.hasSuffix("." + $0) }) {
      return name(maintainer).isEmpty ? known : name(maintainer)
    }
    // `7.80.0-1acme` by `package@acme.test`: the builder's mark on the version.
    guard let dash = version.lastIndex(of: "-") else { return nil }
    let words = version[dash...].split { !$0.isLetter }.map { $0.lowercased() }
    let labels = domain.split(separator: ".").map(String.init)
    let isMarked = words.contains { $0.count > 2 && labels.contains($0) && !own.contains($0) }
    return isMarked ? name(maintainer) : nil
  }

  private static let archive = "a personal package archive"

  /// What repositories beside a distribution write into the versions of their packages.
  private static let builders = [
    (mark: ".pgdg", vendor: "PostgreSQL Global Development Group"), (mark: "deb.sury.org", vendor: "deb.sury.org"),
    (mark: "nodesource", vendor: "NodeSource"), (mark: "~gh~", vendor: "GitHub"), (mark: "~ppa", vendor: archive),
    (mark: "+ppa", vendor: archive), (mark: ".ppa", vendor: archive), (mark: "ppa1~", vendor: archive),
  ]

  /// Companies whose packages come from their own repositories; none of them maintains packages of Debian under these domains.
  private static let companies = [
    "docker.com", "nvidia.com", "github.com", "microsoft.com", "hashicorp.com", "elastic.co", "mongodb.com",
    "oracle.com", "datadoghq.com", "newrelic.com", "amazon.com", "cloudflare.com", "tailscale.com", "gitlab.com",
    "grafana.com", "influxdata.com", "confluent.io", "percona.com", "splunk.com", "nginx.com", "chromium.org",
    "google.com", "nodesource.com", "rabbitmq.com", "clickhouse.com", "dynatrace.com", "sysdig.com",
  ]

  private static func name(_ text: String) -> String {
    var name = text.prefix { $0 != "<" }
    while name.last == " " { name.removeLast() }
    return String(name)
  }

  /// The vendor of a package that an SBOM tells of, where that is not the distribution's, by its supplier and version.
  ///
  /// - Parameter builder: who built the system, where that is not whom its name tells of.
  static func vendor(of package: SoftwarePackage, on system: OperatingSystem?, builder: String? = nil) -> String? {
    switch package.ecosystem.name {
    case "Debian", "Ubuntu":
      let fields = package.supplier.map { ["Maintainer": $0] } ?? [:]
      return vendor(dpkg: fields, version: package.version)
    default:
      guard let system, package.ecosystem.order?.name == VersionOrder.rpm.name,
        system.packageEcosystem == package.ecosystem
      else { return nil }
      return vendor(rpm: package.supplier, on: system, builder: builder)
    }
  }

  /// Vendors of rpm packages, as distributions write themselves.
  private static let vendors: [String: [String]] = [
    "almalinux": ["almalinux"], "rhel": ["red hat"], "centos": ["centos", "red hat"],
    "rocky": ["rocky"], "ol": ["oracle"], "amzn": ["amazon"], "fedora": ["fedora"], "sles": ["suse"], "sled": ["suse"],
    "sles_sap": ["suse"], "sle_hpc": ["suse"], "sle_rt": ["suse"], "sle-micro": ["suse"], "sle-micro-rancher": ["suse"],
    "sl-micro": ["suse"], "suse-microos": ["suse"],
    "opensuse-leap": ["suse", "opensuse"], "opensuse-leap-micro": ["suse", "opensuse"],
    "opensuse-tumbleweed": ["suse", "opensuse"], "photon": ["vmware", "broadcom"], "azurelinux": ["microsoft"],
    "mariner": ["microsoft"], "openEuler": ["http://openeuler.org", "openeuler"], "mageia": ["mageia"],
  ]

  /// The vendor of a package of rpm that is not its system's.
  ///
  /// - Parameters:
  ///   - supplier: rpm's tag 1011, `Vendor`.
  ///   - builder: who built the system, where that is not whom its name tells of.
  static func vendor(rpm supplier: String?, on system: OperatingSystem, builder: String? = nil) -> String? {
    guard let supplier, !supplier.isEmpty, supplier != "(none)", let own = vendors[system.id] else { return nil }
    let text = supplier.lowercased()
    return own.contains { text.hasPrefix($0) } || supplier == builder ? nil : name(supplier)
  }

  /// Who built a system of which nothing is by whom its name tells of: whoever built more than half of it. A vendor is somebody else's only
  /// beside packages that are the distribution's; a rebuild of a release is what its own os-release says that it is.
  ///
  /// - Parameter suppliers: of the packages of rpm, one for each.
  static func builder(of suppliers: [String?], on system: OperatingSystem) -> String? {
    guard let own = vendors[system.id] else { return nil }
    var count: [String: Int] = [:]
    for case let supplier? in suppliers where !supplier.isEmpty && supplier != "(none)" {
      let text = supplier.lowercased()
      if own.contains(where: { text.hasPrefix($0) }) { return nil }
      count[supplier, default: 0] += 1
    }
    return count.first { $0.value * 2 > suppliers.count }?.key
  }
}
