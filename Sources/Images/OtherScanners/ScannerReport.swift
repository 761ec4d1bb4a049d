package import Bytes

/// What another scanner said of an image.
package struct ScannerReport: Sendable {
  /// A vulnerability as it told it.
  package struct Finding: Sendable, Hashable {
    package let id: String
    /// Other ids of the same vulnerability.
    package let aliases: [String]
    package let package: Package
    /// As the other scanner writes it, possibly several versions separated by commas; nil where it names none.
    package let fix: String?
    /// As it stands there, in lower case.
    package let severity: String
    /// CVSS vectors.
    package let vectors: [String]
    package let title: String

    package init(
      id: String, aliases: [String], package: Package, fix: String?, severity: String, vectors: [String], title: String
    ) {
      self.id = id
      self.aliases = aliases
      self.package = package
      self.fix = fix
      self.severity = severity
      self.vectors = vectors
      self.title = title
    }

    package var vulnerabilities: Set<String> { Set([id] + aliases) }
  }

  /// A package as the other scanner lists it; strings are empty where its report does not tell.
  package struct Package: Sendable, Hashable {
    package let name: String
    package let version: String
    package let purl: String
    /// What it is a package of, by the scanner's own word: `debian`, `npm`, `java-archive`, ….
    package let kind: String
    package let path: String

    package init(name: String, version: String, purl: String = "", kind: String = "", path: String = "") {
      self.name = name
      self.version = version
      self.purl = purl
      self.kind = kind
      self.path = path
    }
  }

  /// `Trivy`, `Grype`, `Anchore` or `Clair`, with its version where the report tells.
  package let tool: String
  /// The image as it named it.
  package let subject: String
  /// Of the configuration, and of the manifest; empty where they are not told.
  package let identifier: String
  package let digest: String
  /// Other names and digests that it gives to the image.
  package let otherNames: [String]
  package let otherDigests: [String]
  /// When it was made, RFC 3339; empty where that is not told.
  package let created: String
  package let findings: [Finding]
  /// All packages that it saw; nil where it tells only of those with findings.
  package let packages: [Package]?

  package init(
    tool: String, subject: String, identifier: String = "", digest: String = "", otherNames: [String] = [],
    otherDigests: [String] = [], created: String = "", findings: [Finding], packages: [Package]? = nil
  ) {
    self.tool = tool
    self.subject = subject
    self.identifier = identifier
    self.digest = digest
    self.otherNames = otherNames
    self.otherDigests = otherDigests
    self.created = created
    // Some tell the same of each place where a package lies.
    var seen = Set<Finding>()
    self.findings = findings.filter { seen.insert($0).inserted }
    self.packages = packages
  }

  /// A report in the format of any scanner that is known.
  ///
  /// - Throws: `DocumentError` for what is no JSON, and for JSON that is no such report.
  package static func read(_ bytes: [UInt8]) throws(DocumentError) -> ScannerReport {
    let document = try JSONReader.read(bytes)
    for format in formats {
      if let report = format(document) { return report }
    }
    throw DocumentError(
      .archive,
      "no report of Trivy, Grype, Anchore or Clair in JSON (trivy -f json, grype -o json, clairctl report -o json)")
  }

  /// How each scanner writes. A new one is a file of its own and one line here.
  private static let formats: [@Sendable (DocumentNode) -> ScannerReport?] = [
    TrivyReport.read, GrypeReport.read, AnchoreReport.read, ClairReport.read,
  ]
}

extension ScannerReport.Finding {
  /// The package as advisories speak of it.
  package var softwarePackage: SoftwarePackage {
    if let purl = try? PackageURL(package.purl), let known = SoftwarePackage(purl: purl, path: package.path) {
      return known
    }
    return SoftwarePackage(
      ecosystem: Ecosystem(package.kind), name: package.name, version: package.version, path: package.path)
  }

  /// Of fixed versions on several lines of releases, the lowest that is newer than the package.
  private func nearestFix(_ package: SoftwarePackage) -> String? {
    let versions = (fix ?? "").split(separator: ",").map { String($0.filter { !$0.isWhitespace }) }.filter {
      !$0.isEmpty
    }
    guard let order = package.ecosystem.order, versions.count > 1 else { return versions.first }
    let newer = versions.filter { order.compare($0, package.version) == .greater }
    return newer.min { order.compare($0, $1) == .less } ?? versions.last
  }

  /// As one of ours, where it tells what no advisory of the store does.
  package func imageFinding(tool: String, _ risks: RiskIndex) -> ImageFinding {
    let advisory = Advisory(
      id: id, aliases: aliases, summary: Advisory.summary(of: title), severity: vectors, published: "",
      withdrawn: false,
      affected: [])
    let own = softwarePackage
    var finding = ImageFinding(
      package: own, advisory: advisory, vulnerability: advisory.cves.first ?? id, fix: nearestFix(own),
      because: ["told by \(tool)"],
      priority: Priority(advisory, risks, told: severity))
    finding.sources = [tool]
    return finding
  }
}

extension DocumentNode {
  /// The texts of these fields, or empty ones.
  func text(_ key: String) -> String { self[key]?.string ?? "" }
}
