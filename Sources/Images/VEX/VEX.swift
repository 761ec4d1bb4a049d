package import Bytes

/// What somebody who knows a product says of vulnerabilities in it: OpenVEX, CSAF, and CycloneDX with an analysis.
///
/// A statement is about a product, or about a part of one: the product has to be what is looked at, and the part a package of it.
///
/// Source: OpenVEX specification 0.2.0, "Products" and "Subcomponents"; CycloneDX 1.6, `vulnerabilities[].analysis`. Of several
/// statements about the same the latest counts.
package struct VEX: Sendable {
  /// What a statement is about.
  struct Target: Sendable {
    enum Product: Sendable {
      case purl(PackageURL)
      /// A name that is no package URL, or a digest.
      case name(String)
      /// A release of a distribution, as its vendor names it.
      case release(Ecosystem)
      /// What the document is about.
      case document(ImageIdentity)
      /// What another document is about, by the number of that: `urn:cdx:…`.
      case serial(String)
    }

    /// Nil where the part alone is named: it is the product.
    let product: Product?
    /// Nil: all of the product.
    let part: PackageURL?
    /// Sums of the product's build, where the document gives them beside its name: another build is another product.
    var digests: Set<String> = []
  }

  /// What one document says of one vulnerability in its products.
  package struct Statement: Sendable {
    /// Id and aliases of the vulnerability.
    package let vulnerabilities: Set<String>
    /// `not_affected`, `fixed`, `affected`, `under_investigation`, or CycloneDX's states.
    package let status: String
    /// `component_not_present`, …, or what the author wrote.
    package let justification: String
    /// A statement without any is about nothing.
    let targets: [Target]
    let time: String
    package let file: String

    /// Whether the finding need not be acted on.
    package var clears: Bool {
      ["not_affected", "fixed", "resolved", "resolved_with_pedigree", "false_positive"].contains(status)
    }
  }

  /// What is said of one finding.
  package struct Answer: Sendable {
    /// The latest statement about it.
    package let statement: Statement?
    /// The products of statements that speak of the package as a part of something else, or of something that is not known to be
    /// what is looked at.
    package let otherProducts: [String]
  }

  package private(set) var statements: [Statement] = []

  package init() {}

  /// - Returns: how many statements were read.
  /// - Throws: `DocumentError` for what is no such document.
  package mutating func add(_ bytes: [UInt8], file: String) throws(DocumentError) -> Int {
    let document: DocumentNode
    if bytes.first(where: { $0 > 0x20 && $0 < 0x80 }) == UInt8(ascii: "<"), let markup = CycloneDXMarkup.document(bytes)
    {
      document = markup
    } else {
      document = SBOMEnvelope.content(of: try JSONReader.read(bytes))
    }
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
      var targets: [Target] = []
      let common = (item["subcomponents"]?.elements ?? []).flatMap(Self.names).compactMap { try? PackageURL($0) }
      for product in item["products"]?.elements ?? [] {
        // What is said of a part of a product is not said of the rest of it.
        let nodes = product["subcomponents"]?.elements ?? []
        let parts = nodes.flatMap(Self.names).compactMap { try? PackageURL($0) } + common
        let digests = Set(Self.digests(product))
        for name in Self.names(product) {
          let own = (try? PackageURL(name)).map { Target.Product.purl($0) } ?? .name(name)
          if !nodes.isEmpty || !common.isEmpty {
            targets += parts.map { Target(product: own, part: $0, digests: digests) }
          } else {
            targets.append(Target(product: own, part: nil, digests: digests))
          }
        }
      }
      // Before products had parts of their own, a statement could have parts alone.
      if item["products"] == nil { targets += common.map { Target(product: nil, part: $0) } }
      statements.append(
        Statement(
          vulnerabilities: names, status: item["status"]?.string ?? "",
          justification: item["justification"]?.string ?? item["impact_statement"]?.string
            ?? item["status_notes"]?.string ?? "",
          targets: targets, time: item["timestamp"]?.string ?? document["timestamp"]?.string ?? "", file: file))
    }
  }

  /// All that a product or a part is named by.
  private static func names(_ node: DocumentNode) -> [String] {
    var names = [node.string, node["@id"]?.string].compactMap { $0 }
    for entry in node["identifiers"]?.entries ?? [] { if let text = entry.value.string { names.append(text) } }
    return names + digests(node)
  }

  private static func digests(_ node: DocumentNode) -> [String] {
    (node["hashes"]?.entries ?? []).compactMap { entry in
      guard ["sha-256", "sha256"].contains(entry.key.lowercased()), let text = entry.value.string else { return nil }
      return "sha256:" + text.lowercased()
    }
  }

  private mutating func addCycloneDX(_ document: DocumentNode, _ file: String) {
    var purls: [String: String] = [:]
    for component in document["components"]?.elements ?? [] {
      if let reference = component["bom-ref"]?.string, let purl = component["purl"]?.string { purls[reference] = purl }
    }
    // A document about something speaks of the parts of that.
    let about = document[path: "metadata", "component"]
    var subject = about.map { CycloneDXReader.subject($0) }
    let serial = document["serialNumber"]?.string
    if let serial { subject?.add(serial: serial) }
    let own = about?["purl"]?.string.flatMap { try? PackageURL($0) }
    let ownReference = about?["bom-ref"]?.string
    for item in document["vulnerabilities"]?.elements ?? [] {
      guard let state = item[path: "analysis", "state"]?.string else { continue }
      let names =
        [item["id"]?.string].compactMap { $0 } + (item["references"]?.elements ?? []).compactMap { $0["id"]?.string }
      let targets = (item["affects"]?.elements ?? []).compactMap { $0["ref"]?.string }.compactMap {
        reference -> Target? in
        let link = Self.link(reference)
        let part = link?.part ?? reference
        var product = subject.map { Target.Product.document($0) }
        // A link into another bill of materials speaks of what that is about.
        if let link, !(serial.map { ImageIdentity.isSame($0, link.serial) } ?? false) {
          product = .serial(link.serial)
        } else if part == ownReference || own.map({ $0.text == purls[part] || $0.text == part }) ?? false {
          // All that the document is about.
          return Target(product: own.map { .purl($0) } ?? product, part: nil)
        }
        return (try? PackageURL(purls[part] ?? part)).map { Target(product: product, part: $0) }
      }
      statements.append(
        Statement(
          vulnerabilities: Set(names), status: state,
          justification: item[path: "analysis", "justification"]?.string ?? item[path: "analysis", "detail"]?.string
            ?? "",
          targets: targets,
          time: item["updated"]?.string ?? document[path: "metadata", "timestamp"]?.string ?? "", file: file))
    }
  }

  /// The serial number and the reference of `urn:cdx:SERIAL/VERSION#REFERENCE`; nil for what is no such link.
  ///
  /// Source: CycloneDX, "BOM-Link".
  private static func link(_ text: String) -> (serial: String, part: String)? {
    guard text.hasPrefix("urn:cdx:"), let hash = text.firstIndex(of: "#") else { return nil }
    let serial = text[..<hash].dropFirst(8).prefix { $0 != "/" }
    return (String(serial), PercentEncoding.decodeLeniently(text[text.index(after: hash)...]))
  }

  /// Whether statements name what they are about by the number of a bill of materials.
  package var namesDocuments: Bool {
    statements.contains { statement in
      statement.targets.contains { if case .serial? = $0.product { true } else { false } }
    }
  }

  /// What is said of a vulnerability in a package.
  ///
  /// - Parameters:
  ///   - names: of the vulnerability.
  ///   - subject: what the package was found in.
  package func answer(_ names: Set<String>, in package: SoftwarePackage, of subject: ImageIdentity) -> Answer {
    guard !statements.isEmpty, let purl = package.purl else { return Answer(statement: nil, otherProducts: []) }
    var best: Statement?
    var others: [String] = []
    for statement in statements where !statement.vulnerabilities.isDisjoint(with: names) {
      var isMeant = false
      var other: String?
      for target in statement.targets {
        switch Self.relation(target, package, purl, subject) {
        case .meant: isMeant = true
        case .otherProduct(let name): other = name
        case .otherPackage: break
        }
      }
      if isMeant {
        if best.map({ $0.time <= statement.time }) ?? true { best = statement }
      } else if let other, statement.clears, !others.contains(other) {
        others.append(other)
      }
    }
    return Answer(statement: best, otherProducts: others)
  }

  private enum Relation {
    case meant
    /// It speaks of the package as a part of something else.
    case otherProduct(String)
    case otherPackage
  }

  private static func relation(
    _ target: Target, _ package: SoftwarePackage, _ purl: PackageURL, _ subject: ImageIdentity
  ) -> Relation {
    if let part = target.part, !means(part, package, purl) { return .otherPackage }
    if !target.digests.isEmpty, !subject.digests.isEmpty, target.digests.isDisjoint(with: subject.digests) {
      // Of a package the sums are not those of what it was found in.
      let isImage: Bool
      switch target.product {
      case .purl(let product)?: isImage = target.part != nil || subject.isMeant(by: product)
      case .name(let name)?: isImage = target.part != nil || subject.isMeant(byName: name)
      default: isImage = false
      }
      if isImage { return .otherProduct(target.digests.sorted().joined(separator: " ")) }
    }
    switch target.product {
    case nil: return target.part == nil ? .otherPackage : .meant
    case .release(let ecosystem)?:
      return ecosystem.isSameRelease(package.ecosystem) ? .meant : .otherProduct(ecosystem.text)
    case .name(let name)?:
      if subject.isMeant(byName: name) { return .meant }
      return target.part == nil ? .otherPackage : .otherProduct(name)
    case .document(let about)?:
      if subject.isMeant(by: about) { return .meant }
      return target.part == nil ? .otherPackage : .otherProduct(about.title ?? "something without a name")
    case .serial(let serial)?:
      return subject.isMeant(bySerial: serial) ? .meant : .otherProduct("urn:cdx:" + serial)
    case .purl(let product)?:
      if subject.isMeant(by: product) { return .meant }
      // The package is the product itself.
      if target.part == nil { return means(product, package, purl) ? .meant : .otherPackage }
      return .otherProduct(product.text)
    }
  }

  /// Whether a package URL of a statement is that of a package: without a version it means all versions; qualifiers that tell
  /// builds of a package apart have to be the package's.
  ///
  /// Source: purl-spec, "Known qualifiers": those for where a package is to be had tell nothing of what it is.
  private static func means(_ product: PackageURL, _ package: SoftwarePackage, _ own: PackageURL) -> Bool {
    guard product.type == own.type, product.name == own.name,
      product.namespace == nil || product.namespace == own.namespace
    else { return false }
    if let version = product.version, version != own.version {
      guard let other = SoftwarePackage(purl: product, path: ""), other.version == package.version else { return false }
    }
    return product.qualifiers.allSatisfy { key, value in
      switch key {
      case "arch": return own.qualifiers[key] == value
      case "distro":
        guard let release = OperatingSystem(namespace: product.namespace ?? "", distro: value)?.packageEcosystem else {
          return own.qualifiers[key] == value
        }
        return release.isSameRelease(package.ecosystem)
      // With a version it is a part of that.
      case "epoch":
        return product.version != nil || own.qualifiers[key] == value || package.version.hasPrefix(value + ":")
      case "rpmmod", "modularitylabel": return SoftwarePackage.stream(value) == package.module
      case "classifier": return own.qualifiers[key] == value
      default: return own.qualifiers[key].map { $0 == value } ?? true
      }
    }
  }
}
