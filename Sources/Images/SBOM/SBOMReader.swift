import Bytes

/// The packages that an SBOM names: CycloneDX in JSON, SPDX in JSON and as tags with values. Only package URLs tell which advisories
/// speak of a package, so what has none is counted and left out.
package struct SBOMReader: Sendable {
  package let packages: [SoftwarePackage]
  /// Components without a package URL, or of a type that no advisories are known of.
  package let nameless: Int
  package let system: OperatingSystem?
  /// What is wrong with the document; it was read as far as it goes.
  package private(set) var problems: [String] = []

  /// Nil for what is no SBOM.
  package init?(_ bytes: [UInt8], file: String) {
    var purls: [String] = []
    var components = 0
    var system: OperatingSystem?
    if let first = bytes.first(where: { $0 > 0x20 }), first == UInt8(ascii: "{") {
      guard let document = try? JSONReader.read(bytes) else { return nil }
      if document["bomFormat"]?.string == "CycloneDX" {
        problems = CycloneDXRules.problems(document)
        func walk(_ list: DocumentNode?, _ depth: Int) {
          guard depth < 32 else { return }
          for component in list?.elements ?? [] {
            if component["type"]?.string == "operating-system" {
              if system == nil, let id = component["name"]?.string {
                system = OperatingSystem("ID=\(id)\nVERSION_ID=\(component["version"]?.text ?? "")")
              }
            } else {
              components += 1
              if let purl = component["purl"]?.string { purls.append(purl) }
            }
            walk(component["components"], depth + 1)
          }
        }
        walk(document["components"], 0)
      } else if document["spdxVersion"]?.string?.hasPrefix("SPDX-2.") == true {
        for package in document["packages"]?.elements ?? [] {
          let own = (package["externalRefs"]?.elements ?? []).filter { $0["referenceType"]?.string == "purl" }
            .compactMap { $0["referenceLocator"]?.string }
          if own.isEmpty, package["versionInfo"] == nil { continue }
          components += 1
          purls += own.prefix(1)
        }
      } else {
        return nil
      }
    } else {
      let text = String(decoding: bytes, as: UTF8.self)
      guard text.hasPrefix("SPDXVersion: SPDX-2.") || text.prefix(4096).contains("\nSPDXVersion: SPDX-2.") else {
        return nil
      }
      for line in text.split(whereSeparator: \.isNewline) {
        if line.hasPrefix("PackageVersion: ") { components += 1 }
        let head = "ExternalRef: PACKAGE-MANAGER purl "
        if line.hasPrefix(head) { purls.append(String(line.dropFirst(head.count).filter { !$0.isWhitespace })) }
      }
    }
    packages = purls.compactMap { text in
      (try? PackageURL(text)).flatMap { SoftwarePackage(purl: $0, path: file) }
    }
    nameless = max(0, components - packages.count)
    self.system = system
  }
}
