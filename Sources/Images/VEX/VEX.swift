package import Bytes

/// What somebody who knows a product says of vulnerabilities in it: OpenVEX, CSAF, and CycloneDX with an analysis.
///
/// Source: OpenVEX specification 0.2.0; CycloneDX 1.6, `vulnerabilities[].analysis`. Of several statements about the same the
/// latest counts.
package struct VEX: Sendable {
  package struct Statement: Sendable {
    /// Id and aliases of the vulnerability.
    package let vulnerabilities: Set<String>
    /// `not_affected`, `fixed`, `affected`, `under_investigation`, or CycloneDX's states.
    package let status: String
    /// `component_not_present`, …, or what the author wrote.
    package let justification: String
    /// Products and their parts; a statement without any is about nothing.
    let products: [PackageURL]
    let time: String
    package let file: String

    /// Whether the finding need not be acted on.
    package var clears: Bool {
      ["not_affected", "fixed", "resolved", "resolved_with_pedigree", "false_positive"].contains(status)
    }
  }

  package private(set) var statements: [Statement] = []

  package init() {}

  /// - Returns: how many statements were read.
  /// - Throws: `DocumentError` for what is no such document.
  package mutating func add(_ bytes: [UInt8], file: String) throws(DocumentError) -> Int {
    let document = try JSONReader.read(bytes)
    let before = statements.count
    if document["@context"]?.string?.hasPrefix("https://openvex.dev/ns") == true {
      addOpenVEX(document, file)
    } else if document["bomFormat"]?.string == "CycloneDX", document["vulnerabilities"] != nil {
      addCycloneDX(document, file)
    } else if CSAF.isCSAF(document) {
      statements += CSAF.statements(document, file)
    } else {
      throw DocumentError(.archive, "neither OpenVEX nor CSAF nor a CycloneDX document with vulnerabilities")
    }
    return statements.count - before
  }

  private mutating func addOpenVEX(_ document: DocumentNode, _ file: String) {
    for item in document["statements"]?.elements ?? [] {
      // Before 0.2 a vulnerability and a product were plain texts.
      let vulnerability = item["vulnerability"]
      let names = Set(
        [vulnerability?.string, vulnerability?["name"]?.string, vulnerability?["@id"]?.string].compactMap { $0 }
          + (vulnerability?["aliases"]?.strings ?? []))
      var products: [PackageURL] = []
      func add(_ node: DocumentNode) {
        let texts = [node.string, node["@id"]?.string, node["identifiers"]?["purl"]?.string].compactMap { $0 }
        products += texts.compactMap { try? PackageURL($0) }
      }
      for product in item["products"]?.elements ?? [] {
        // What is said of a part of a product is not said of the rest of it.
        let parts = product["subcomponents"]?.elements ?? []
        if parts.isEmpty { add(product) } else { parts.forEach(add) }
      }
      for part in item["subcomponents"]?.elements ?? [] { add(part) }
      statements.append(
        Statement(
          vulnerabilities: names, status: item["status"]?.string ?? "",
          justification: item["justification"]?.string ?? item["impact_statement"]?.string
            ?? item["status_notes"]?.string ?? "",
          products: products, time: item["timestamp"]?.string ?? document["timestamp"]?.string ?? "", file: file))
    }
  }

  private mutating func addCycloneDX(_ document: DocumentNode, _ file: String) {
    var purls: [String: String] = [:]
    for component in document["components"]?.elements ?? [] {
      if let reference = component["bom-ref"]?.string, let purl = component["purl"]?.string { purls[reference] = purl }
    }
    for item in document["vulnerabilities"]?.elements ?? [] {
      guard let state = item[path: "analysis", "state"]?.string else { continue }
      let names =
        [item["id"]?.string].compactMap { $0 } + (item["references"]?.elements ?? []).compactMap { $0["id"]?.string }
      let products = (item["affects"]?.elements ?? []).compactMap { $0["ref"]?.string }.compactMap { reference in
        let own = reference.lastIndex(of: "#").map { String(reference[reference.index(after: $0)...]) }
        return try? PackageURL(purls[reference] ?? own.flatMap { purls[$0] } ?? own ?? reference)
      }
      statements.append(
        Statement(
          vulnerabilities: Set(names), status: state,
          justification: item[path: "analysis", "justification"]?.string ?? item[path: "analysis", "detail"]?.string
            ?? "",
          products: products,
          time: item["updated"]?.string ?? document[path: "metadata", "timestamp"]?.string ?? "", file: file))
    }
  }

  /// The latest statement about an advisory in a package.
  package func statement(_ advisory: Advisory, _ package: SoftwarePackage) -> Statement? {
    guard !statements.isEmpty, let purl = package.purl else { return nil }
    var names = Set([advisory.id] + advisory.aliases)
    if let cve = RiskIndex.cve(in: advisory.id) { names.insert(cve) }
    return statements.filter { statement in
      !statement.vulnerabilities.isDisjoint(with: names) && statement.products.contains { Self.means($0, purl) }
    }.max { $0.time < $1.time }
  }

  /// A purl without a version means all versions; qualifiers that it gives have to be the package's.
  private static func means(_ product: PackageURL, _ package: PackageURL) -> Bool {
    product.type == package.type && product.name == package.name
      && (product.namespace == nil || product.namespace == package.namespace)
      && (product.version == nil || product.version == package.version)
      && product.qualifiers.allSatisfy { key, value in
        // What a package does not tell of itself is not held against it.
        package.qualifiers[key].map { $0 == value } ?? true
      }
  }
}
