import Bytes

/// `grype --output json`.
///
/// Source: Grype, "Output formats".
enum GrypeReport {
  @Sendable static func read(_ document: DocumentNode) -> ScannerReport? {
    guard let matches = document["matches"], document["descriptor"] != nil || document["source"] != nil else {
      return nil
    }
    let findings = matches.elements.compactMap { match -> ScannerReport.Finding? in
      guard let vulnerability = match["vulnerability"], let artifact = match["artifact"] else { return nil }
      let related = (match["relatedVulnerabilities"]?.elements ?? []).compactMap { $0["id"]?.string }
      let id = vulnerability.text("id")
      let scores =
        (vulnerability["cvss"]?.elements ?? [])
        + (match["relatedVulnerabilities"]?.elements ?? []).flatMap {
          $0["cvss"]?.elements ?? []
        }
      return ScannerReport.Finding(
        id: id, aliases: related.filter { $0 != id },
        package: ScannerReport.Package(
          name: artifact.text("name"), version: artifact.text("version"), purl: artifact.text("purl"),
          kind: artifact.text("type"), path: artifact["locations"]?.elements.first?.text("path") ?? ""),
        fix: vulnerability["fix"]?["versions"]?.strings.last, severity: vulnerability.text("severity").lowercased(),
        vectors: Array(scores.compactMap { $0["vector"]?.string }.prefix(1)), title: vulnerability.text("description"))
    }
    let target = document["source"]?["target"]
    let version = document["descriptor"]?["version"]?.string
    return ScannerReport(
      tool: "Grype" + (version.map { " \($0)" } ?? ""), subject: target?["userInput"]?.string ?? target?.string ?? "",
      identifier: target?.text("imageID") ?? "", digest: target?.text("manifestDigest") ?? "",
      otherNames: (target?["tags"]?.strings ?? []) + (target?["repoDigests"]?.strings ?? []),
      otherDigests: (target?["repoDigests"]?.strings ?? []).compactMap {
        $0.split(separator: "@").last.map(String.init)
      },
      created: document["descriptor"]?.text("timestamp") ?? "", findings: findings)
  }
}
