import Bytes

/// SPDX 3.0.1 as JSON-LD: a graph of elements that name each other. Source: spdx.github.io/spdx-spec/v3.0.1, profiles Core, Software
/// and SimpleLicensing, and its annex "Serialization".
extension SBOMFormat {
  static let spdx3JSON = SBOMFormat(
    name: "spdx3-json",
    write: { bill in
      var writer = JSONWriter(pretty: true)
      let graph = SPDX3Graph(bill)
      writer.object { writer in
        writer.field("@context", "https://spdx.org/rdf/3.0.1/spdx-context.jsonld")
        writer.key("@graph")
        writer.array { graph.write(&$0) }
      }
      writer.endLine()
      return writer.bytes
    })
}

/// The elements of one bill of materials, with the identifiers that they name each other by.
private struct SPDX3Graph {
  private let bill: BillOfMaterials
  private let place: String
  /// By the identifiers of their elements, in order.
  private var suppliers: [(id: String, name: String)] = []
  private var supplierOf: [String: String] = [:]
  /// Expressions of identifiers; `words` of a licence that is none, as its author wrote it.
  private var licenses: [(id: String, expression: String, words: String?)] = []
  /// Which licence each package declares, by the package's own reference.
  private var declared: [(package: String, license: String)] = []

  private static let dataLicense = "CC0-1.0"

  init(_ bill: BillOfMaterials) {
    self.bill = bill
    place = SBOMFormat.spdxPlace(bill) + "#"
    var licenseOf: [String: String] = [:]
    for package in bill.packages {
      if let name = package.supplier, supplierOf[name] == nil {
        let id = place + "Supplier-" + BillOfMaterials.hash(name)
        supplierOf[name] = id
        suppliers.append((id, name))
      }
      guard !package.licenses.isEmpty else { continue }
      let words = package.licenseExpression == nil ? package.licenses.joined(separator: "; ") : nil
      let text = package.licenseExpression ?? "LicenseRef-" + BillOfMaterials.hash(words ?? "")
      if licenseOf[text] == nil {
        let id = place + "License-" + BillOfMaterials.hash(text)
        licenseOf[text] = id
        licenses.append((id, text, words))
      }
      if let license = licenseOf[text] { declared.append((identifier(bill.reference(package)), license)) }
    }
  }

  private func identifier(_ reference: String) -> String { place + "Package-" + BillOfMaterials.hash(reference) }
  private var subject: String { place + "Subject" }
  private var system: String { place + "OperatingSystem" }
  private var agent: String { place + "Creator" }
  private var tool: String { place + "Tool" }
  private var document: String { place + "Document" }
  private var collection: String { place + "Bill" }
  private var documentLicense: String { place + "DataLicense" }
  private static let creation = "_:creation"

  /// An end of a relationship, and all that it leads to.
  private struct Edge {
    let from: String
    let kind: String
    let to: [String]
    var completeness: String?
    /// Of what the tool saw itself, or of what runs.
    var id: String { from + "-" + kind }
  }

  /// Everything of the image is in it; what a package of the distribution brought is in that, and what one needs it depends on.
  private var edges: [Edge] {
    var all: [Edge] = []
    let packages = bill.packages.map { identifier(bill.reference($0)) }
    let inside = (bill.system == nil ? [] : [system]) + packages
    if !inside.isEmpty {
      all.append(
        Edge(from: subject, kind: "contains", to: inside, completeness: bill.isPartial ? "incomplete" : nil))
    }
    var owned: [String: [String]] = [:]
    for item in bill.ownership { owned[item.owner, default: []].append(identifier(item.owned)) }
    let needed = Dictionary(
      bill.requirements.map { ($0.reference, $0.needed.map(identifier)) }, uniquingKeysWith: { first, _ in first })
    for package in bill.packages {
      let reference = bill.reference(package)
      if let own = owned[reference] { all.append(Edge(from: identifier(reference), kind: "contains", to: own)) }
      if let own = needed[reference] { all.append(Edge(from: identifier(reference), kind: "dependsOn", to: own)) }
    }
    for item in declared { all.append(Edge(from: item.package, kind: "hasDeclaredLicense", to: [item.license])) }
    return all
  }

  func write(_ writer: inout JSONWriter) {
    let edges = edges
    writer.object { writer in
      writer.field("type", "CreationInfo")
      writer.field("@id", Self.creation)
      writer.field("specVersion", "3.0.1")
      writer.field("created", bill.created)
      writer.field("createdBy", [agent])
      writer.field("createdUsing", [tool])
    }
    element("SoftwareAgent", agent, name: "bartizan", &writer) { _ in }
    element("Tool", tool, name: "bartizan-\(bill.toolVersion)", &writer) { _ in }
    var members = [subject] + (bill.system == nil ? [] : [system])
    members += bill.packages.map { identifier(bill.reference($0)) } + suppliers.map(\.id)
    members += licenses.flatMap { item in item.words == nil ? [item.id] : [item.id, text(of: item.id)] }
    members += edges.map(\.id)
    element("SpdxDocument", document, name: bill.subject, &writer) { writer in
      writer.field("profileConformance", ["core", "software", "simpleLicensing"])
      writer.field("dataLicense", documentLicense)
      writer.field("rootElement", [collection])
      writer.field("element", [collection, agent, tool, documentLicense] + members)
    }
    element("simplelicensing_LicenseExpression", documentLicense, &writer) { writer in
      writer.field("simplelicensing_licenseExpression", Self.dataLicense)
    }
    element("software_Sbom", collection, &writer) { writer in
      writer.field("profileConformance", ["core", "software", "simpleLicensing"])
      writer.field("software_sbomType", ["analyzed"])
      writer.field("rootElement", [subject])
      writer.field("element", members)
    }
    subject(&writer)
    if let own = bill.system { operatingSystem(own, &writer) }
    for package in bill.packages { self.package(package, &writer) }
    for supplier in suppliers { element("Organization", supplier.id, name: supplier.name, &writer) { _ in } }
    for license in licenses { self.license(license, &writer) }
    for edge in edges {
      element("Relationship", edge.id, &writer) { writer in
        writer.field("from", edge.from)
        writer.field("relationshipType", edge.kind)
        writer.field("to", edge.to)
        if let completeness = edge.completeness { writer.field("completeness", completeness) }
      }
    }
  }

  /// - Parameter body: writes what the type has beside what all elements have.
  private func element(
    _ type: String, _ id: String, name: String? = nil, _ writer: inout JSONWriter, _ body: (inout JSONWriter) -> Void
  ) {
    writer.object { writer in
      writer.field("type", type)
      writer.field("spdxId", id)
      writer.field("creationInfo", Self.creation)
      if let name { writer.field("name", name) }
      body(&writer)
    }
  }

  private func subject(_ writer: inout JSONWriter) {
    element("software_Package", subject, name: bill.subjectTitle, &writer) { writer in
      let comment = SBOMFormat.spdxComment(bill.subjectProperties)
      if !comment.isEmpty { writer.field("comment", comment) }
      if let version = bill.subjectVersion, !version.isEmpty { writer.field("software_packageVersion", version) }
      if let purl = bill.identity.purl { writer.field("software_packageUrl", purl.text) }
      writer.field("software_primaryPurpose", bill.system == nil ? "application" : "container")
    }
  }

  private func operatingSystem(_ own: OperatingSystem, _ writer: inout JSONWriter) {
    element("software_Package", system, name: own.id, &writer) { writer in
      writer.field("summary", own.title)
      if !own.version.isEmpty { writer.field("software_packageVersion", own.version) }
      writer.field("software_primaryPurpose", "operatingSystem")
    }
  }

  private func package(_ item: SoftwarePackage, _ writer: inout JSONWriter) {
    element("software_Package", identifier(bill.reference(item)), name: item.name, &writer) { writer in
      writer.field("comment", SBOMFormat.spdxComment(bill.properties(item)))
      if !item.checksums.isEmpty {
        writer.key("verifiedUsing")
        writer.array(of: item.checksums) { writer, sum in
          writer.object { writer in
            writer.field("type", "Hash")
            writer.field("algorithm", sum.algorithm.rawValue)
            writer.field("hashValue", sum.hex)
          }
        }
      }
      let identifiers = [("cpe23", item.cpe), ("packageUrl", item.purl?.text)].compactMap { kind, text in
        text.map { (kind, $0) }
      }
      if !identifiers.isEmpty {
        writer.key("externalIdentifier")
        writer.array(of: identifiers) { writer, identifier in
          writer.object { writer in
            writer.field("type", "ExternalIdentifier")
            writer.field("externalIdentifierType", identifier.0)
            writer.field("identifier", identifier.1)
          }
        }
      }
      if let supplier = item.supplier.flatMap({ supplierOf[$0] }) { writer.field("suppliedBy", supplier) }
      writer.field("software_packageVersion", item.version)
      if let purl = item.purl { writer.field("software_packageUrl", purl.text) }
      writer.field("software_primaryPurpose", "library")
      writer.field("software_sourceInfo", "found in \(item.path)")
    }
  }

  /// An expression; words that are none have an identifier of the document's own, and stand in a text beside it.
  private func license(_ item: (id: String, expression: String, words: String?), _ writer: inout JSONWriter) {
    element("simplelicensing_LicenseExpression", item.id, &writer) { writer in
      writer.field("simplelicensing_licenseExpression", item.expression)
      guard item.words != nil else { return }
      writer.key("simplelicensing_customIdToUri")
      writer.array { writer in
        writer.object { writer in
          writer.field("type", "DictionaryEntry")
          writer.field("key", item.expression)
          writer.field("value", text(of: item.id))
        }
      }
    }
    guard let words = item.words else { return }
    element("simplelicensing_SimpleLicensingText", text(of: item.id), &writer) { writer in
      writer.field("simplelicensing_licenseText", words)
    }
  }

  private func text(of license: String) -> String { license + "-Text" }
}
