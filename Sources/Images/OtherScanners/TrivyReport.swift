import Bytes

/// `trivy image --format json`.
///
/// Source: Trivy, "Reporting", schema version 2.
enum TrivyReport {
  @Sendable static func read(_ document: DocumentNode) -> ScannerReport? {
    guard document["SchemaVersion"]?.int == 2, document["ArtifactName"] != nil || document["Results"] != nil else {
      return nil
    }
    let results = document["Results"]?.elements ?? []
    var findings: [ScannerReport.Finding] = []
    var packages: [ScannerReport.Package] = []
    for result in results {
      let kind = result.text("Type")
      let target = result.text("Class") == "os-pkgs" ? "" : result.text("Target")
      for item in result["Packages"]?.elements ?? [] {
        packages.append(
          ScannerReport.Package(
            name: item.text("Name"), version: version(item), purl: item["Identifier"]?.text("PURL") ?? "", kind: kind,
            path: item["FilePath"]?.string ?? target))
      }
      for item in result["Vulnerabilities"]?.elements ?? [] {
        let vectors = (item["CVSS"]?.entries ?? []).sorted { $0.key < $1.key }.compactMap { entry in
          entry.value["V40Vector"]?.string ?? entry.value["V3Vector"]?.string
        }
        findings.append(
          ScannerReport.Finding(
            id: item.text("VulnerabilityID"), aliases: item["VendorIDs"]?.strings ?? [],
            package: ScannerReport.Package(
              name: item.text("PkgName"), version: item.text("InstalledVersion"),
              purl: item["PkgIdentifier"]?.text("PURL") ?? "", kind: kind, path: item["PkgPath"]?.string ?? target),
            // Of several lines of releases each has a version.
            fix: item["FixedVersion"]?.string.flatMap { $0.isEmpty ? nil : $0 },
            severity: item.text("Severity").lowercased(), vectors: Array(vectors.prefix(1)),
            title: item["Title"]?.string ?? item.text("Description")))
      }
    }
    let version = document["Trivy"]?["Version"]?.string
    return ScannerReport(
      tool: "Trivy" + (version.map { " \($0)" } ?? ""), subject: document.text("ArtifactName"),
      identifier: document["Metadata"]?.text("ImageID") ?? "",
      digest: document["Metadata"]?["RepoDigests"]?.strings.first?.split(separator: "@").last.map(String.init) ?? "",
      otherNames: (document["Metadata"]?["RepoTags"]?.strings ?? [])
        + (document["Metadata"]?["RepoDigests"]?.strings ?? []),
      otherDigests: (document["Metadata"]?["RepoDigests"]?.strings ?? []).dropFirst().compactMap {
        $0.split(separator: "@").last.map(String.init)
      }, created: document.text("CreatedAt"), findings: findings, packages: packages.isEmpty ? nil : packages)
  }

  /// As its package manager writes it: `EPOCH:VERSION-RELEASE`.
  private static func version(_ item: DocumentNode) -> String {
    let epoch = item["Epoch"]?.int ?? 0
    let release = item["Release"]?.string.map { "-" + $0 } ?? ""
    return (epoch > 0 ? "\(epoch):" : "") + item.text("Version") + release
  }
}
