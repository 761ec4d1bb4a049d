import Bytes

/// The answer of Anchore's API to `GET /images/DIGEST/vuln/all`.
///
/// Source: Anchore Engine, "Viewing vulnerabilities".
enum AnchoreReport {
  @Sendable static func read(_ document: DocumentNode) -> ScannerReport? {
    let key = document["imageDigest"] != nil ? "imageDigest" : "image_digest"
    guard let digest = document[key]?.string, let list = document["vulnerabilities"],
      list.elements.allSatisfy({ $0["vuln"] != nil })
    else { return nil }
    let findings = list.elements.map { item in
      // Where there is no fix, it says so in a word.
      let fix = item["fix"]?.string.flatMap { $0.isEmpty || $0 == "None" ? nil : $0 }
      let path = item.text("package_path")
      return ScannerReport.Finding(
        id: item.text("vuln"), aliases: (item["nvd_data"]?.elements ?? []).compactMap { $0["id"]?.string },
        package: ScannerReport.Package(
          name: item.text("package_name"), version: item.text("package_version"), kind: item.text("package_type"),
          path: path == "None" || path == "pkgdb" ? "" : path),
        fix: fix, severity: item.text("severity").lowercased(), vectors: [], title: item["description"]?.string ?? "")
    }
    return ScannerReport(tool: "Anchore", subject: "", digest: digest, findings: findings)
  }
}
