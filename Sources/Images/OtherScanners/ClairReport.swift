import Bytes

/// `clairctl report --out json`, and the answer of Clair's matcher to `GET /matcher/api/v1/vulnerability_report/DIGEST`.
///
/// Source: Clair 4, "API", `VulnerabilityReport`.
enum ClairReport {
  @Sendable static func read(_ document: DocumentNode) -> ScannerReport? {
    guard let held = document["packages"], let vulnerabilities = document["vulnerabilities"],
      let pairs = document["package_vulnerabilities"]
    else { return nil }
    func package(_ id: String) -> ScannerReport.Package? {
      guard let item = held[id] else { return nil }
      let place = document["environments"]?[id]?.elements.first
      let distribution = place.flatMap { document["distributions"]?[$0.text("distribution_id")] }
      return ScannerReport.Package(
        name: item.text("name"), version: item.text("version"), kind: distribution?.text("did") ?? item.text("kind"),
        path: place?.text("package_db") ?? "")
    }
    var findings: [ScannerReport.Finding] = []
    for pair in pairs.entries.sorted(by: { $0.key < $1.key }) {
      guard let package = package(pair.key) else { continue }
      for id in pair.value.strings {
        guard let vulnerability = vulnerabilities[id] else { continue }
        let name = vulnerability.text("name")
        // Its names are texts such as `CVE-2019-1234 on Ubuntu 18.04`, or `RHSA-2021:1234: tool update`.
        let first = name.prefix { !$0.isWhitespace }
        let title = first.last == ":" ? first.dropLast() : first
        let inText = RiskIndex.cve(in: name)
        findings.append(
          ScannerReport.Finding(
            id: inText ?? String(title),
            aliases: cves(vulnerability.text("links")).filter { $0 != inText ?? String(title) },
            package: package,
            fix: vulnerability["fixed_in_version"]?.string.flatMap { $0.isEmpty || $0 == "0" ? nil : fix($0) },
            severity: vulnerability.text("normalized_severity").lowercased(),
            vectors: vulnerability.text("severity").hasPrefix("CVSS:") ? [vulnerability.text("severity")] : [],
            title: vulnerability.text("description")))
      }
    }
    return ScannerReport(
      tool: "Clair", subject: "", digest: document.text("manifest_hash"), findings: findings,
      packages: held.entries.compactMap { package($0.key) }.sorted { ($0.name, $0.version) < ($1.name, $1.version) })
  }

  /// CVEs that a text of links names, each once, in order.
  private static func cves(_ links: String) -> [String] {
    Array(Set(links.split(whereSeparator: \.isWhitespace).compactMap { RiskIndex.cve(in: String($0)) })).sorted()
  }

  /// For packages of languages it writes `fixed=1.2.3&introduced=0`, as a query of a URL.
  private static func fix(_ text: String) -> String? {
    guard text.contains("=") else { return text }
    return text.split(separator: "&").first { $0.hasPrefix("fixed=") }.map { String($0.dropFirst(6)) }
  }
}
