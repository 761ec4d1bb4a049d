import Bytes

/// SPDX 2.3 (ISO/IEC 5962 and its successor), as JSON and as tags with values.
extension SBOMFormat {
  private static func identifier(_ bill: BillOfMaterials, _ package: SoftwarePackage) -> String {
    "SPDXRef-Package-\(BillOfMaterials.hash(bill.reference(package)))"
  }

  /// What identifiers of a document begin with.
  static func spdxPlace(_ bill: BillOfMaterials) -> String { "https://bartizan.dev/spdx/\(bill.digest)" }

  /// What is said of a document whose packages may not be all, and how it is read again.
  static let spdxPartial = "bartizan:partial=true"

  static let spdxJSON = SBOMFormat(
    name: "spdx-json",
    write: { bill in
      var writer = JSONWriter(pretty: true)
      writer.object { writer in
        writer.field("spdxVersion", "SPDX-2.3")
        writer.field("dataLicense", "CC0-1.0")
        writer.field("SPDXID", "SPDXRef-DOCUMENT")
        writer.field("name", bill.subject)
        writer.field("documentNamespace", spdxPlace(bill))
        if bill.isPartial { writer.field("comment", spdxPartial) }
        writer.key("creationInfo")
        writer.object { writer in
          writer.field("created", bill.created)
          writer.field("creators", ["Tool: bartizan-\(bill.toolVersion)"])
        }
        writer.key("packages")
        writer.array { writer in
          subject(bill, &writer)
          if let system = bill.system { operatingSystem(system, &writer) }
          for item in bill.packages { package(bill, item, &writer) }
        }
        writer.key("relationships")
        writer.array { writer in
          relationship("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Subject", &writer)
          if bill.system != nil { relationship("SPDXRef-Subject", "CONTAINS", "SPDXRef-OperatingSystem", &writer) }
          for item in bill.packages { relationship("SPDXRef-Subject", "CONTAINS", identifier(bill, item), &writer) }
          for (from, kind, to) in relationships(bill) { relationship(from, kind, to, &writer) }
        }
      }
      writer.endLine()
      return writer.bytes
    })

  /// A package that another brought is in it; what a package needs it depends on.
  private static func relationships(_ bill: BillOfMaterials) -> [(from: String, kind: String, to: String)] {
    bill.ownership.map { (identifier($0.owner), "CONTAINS", identifier($0.owned)) }
      + bill.requirements.flatMap { from, needed in needed.map { (identifier(from), "DEPENDS_ON", identifier($0)) } }
  }

  private static func identifier(_ reference: String) -> String {
    "SPDXRef-Package-\(BillOfMaterials.hash(reference))"
  }

  /// What the format has no word for, in one line that can be read again.
  static func spdxComment(_ properties: [(name: String, value: String)]) -> String {
    properties.map { "\($0.name)=\(PercentEncoding.encode($0.value, keeping: kept))" }.joined(separator: ";")
  }

  private static let kept = ByteSet(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/+@ ()".utf8)

  private static func subject(_ bill: BillOfMaterials, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("SPDXID", "SPDXRef-Subject")
      writer.field("name", bill.subjectTitle)
      if let version = bill.subjectVersion { writer.field("versionInfo", version) }
      frame(&writer)
      writer.field("licenseDeclared", "NOASSERTION")
      let comment = spdxComment(bill.subjectProperties)
      if !comment.isEmpty { writer.field("comment", comment) }
      if bill.system != nil { writer.field("primaryPackagePurpose", "CONTAINER") }
      external(bill.identity.purl?.text, cpe: nil, &writer)
    }
  }

  private static func operatingSystem(_ system: OperatingSystem, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("SPDXID", "SPDXRef-OperatingSystem")
      writer.field("name", system.id)
      if !system.version.isEmpty { writer.field("versionInfo", system.version) }
      frame(&writer)
      writer.field("licenseDeclared", "NOASSERTION")
      writer.field("summary", system.title)
      writer.field("primaryPackagePurpose", "OPERATING-SYSTEM")
    }
  }

  /// What has to stand there and nobody says here.
  private static func frame(_ writer: inout JSONWriter) {
    writer.field("downloadLocation", "NOASSERTION")
    writer.field("filesAnalyzed", false)
    writer.field("licenseConcluded", "NOASSERTION")
    writer.field("copyrightText", "NOASSERTION")
  }

  private static func package(_ bill: BillOfMaterials, _ item: SoftwarePackage, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("SPDXID", identifier(bill, item))
      writer.field("name", item.name)
      writer.field("versionInfo", item.version)
      if let supplier = item.supplier { writer.field("supplier", "Organization: " + line(supplier)) }
      frame(&writer)
      writer.field("licenseDeclared", item.licenseExpression ?? "NOASSERTION")
      if item.licenseExpression == nil, !item.licenses.isEmpty {
        writer.field("licenseComments", item.licenses.joined(separator: "; "))
      }
      if !item.checksums.isEmpty {
        writer.key("checksums")
        writer.array(of: item.checksums) { writer, sum in
          writer.object { writer in
            writer.field("algorithm", sum.algorithm.spdx)
            writer.field("checksumValue", sum.hex)
          }
        }
      }
      writer.field("sourceInfo", "found in \(item.path)")
      writer.field("comment", spdxComment(bill.properties(item)))
      external(item.purl?.text, cpe: item.cpe, &writer)
    }
  }

  private static func external(_ purl: String?, cpe: String?, _ writer: inout JSONWriter) {
    guard purl != nil || cpe != nil else { return }
    writer.key("externalRefs")
    writer.array { writer in
      for (category, kind, locator) in [("SECURITY", "cpe23Type", cpe), ("PACKAGE-MANAGER", "purl", purl)] {
        guard let locator else { continue }
        writer.object { writer in
          writer.field("referenceCategory", category)
          writer.field("referenceType", kind)
          writer.field("referenceLocator", locator)
        }
      }
    }
  }

  private static func line(_ text: String) -> String { String(text.map { $0.isNewline ? " " : $0 }) }

  private static func relationship(_ from: String, _ kind: String, _ to: String, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("spdxElementId", from)
      writer.field("relationshipType", kind)
      writer.field("relatedSpdxElement", to)
    }
  }

  static let spdxTagValue = SBOMFormat(
    name: "spdx",
    write: { bill in
      var text = """
        SPDXVersion: SPDX-2.3
        DataLicense: CC0-1.0
        SPDXID: SPDXRef-DOCUMENT
        DocumentName: \(line(bill.subject))
        DocumentNamespace: \(spdxPlace(bill))
        Creator: Tool: bartizan-\(bill.toolVersion)
        Created: \(bill.created)\(bill.isPartial ? "\nDocumentComment: <text>\(spdxPartial)</text>" : "")

        PackageName: \(line(bill.subjectTitle))
        SPDXID: SPDXRef-Subject\(bill.subjectVersion.map { "\nPackageVersion: \(line($0))" } ?? "")
        PackageDownloadLocation: NOASSERTION
        FilesAnalyzed: false

        """
      let own = spdxComment(bill.subjectProperties)
      if !own.isEmpty { text += "PackageComment: <text>\(own)</text>\n" }
      if let purl = bill.identity.purl { text += "ExternalRef: PACKAGE-MANAGER purl \(purl.text)\n" }
      if bill.system != nil { text += "PrimaryPackagePurpose: CONTAINER\n" }
      text += "Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-Subject\n"
      if let system = bill.system {
        text += "\nPackageName: \(line(system.id))\nSPDXID: SPDXRef-OperatingSystem\n"
        if !system.version.isEmpty { text += "PackageVersion: \(line(system.version))\n" }
        text += "PackageDownloadLocation: NOASSERTION\nFilesAnalyzed: false\n"
        text += "PackageSummary: <text>\(line(system.title).replacing("</text>", with: ""))</text>\n"
        text += "PrimaryPackagePurpose: OPERATING-SYSTEM\n"
        text += "Relationship: SPDXRef-Subject CONTAINS SPDXRef-OperatingSystem\n"
      }
      for item in bill.packages {
        text +=
          "\nPackageName: \(line(item.name))\nSPDXID: \(identifier(bill, item))\nPackageVersion: \(line(item.version))\n"
        if let supplier = item.supplier { text += "PackageSupplier: Organization: \(line(supplier))\n" }
        text += "PackageDownloadLocation: NOASSERTION\nFilesAnalyzed: false\n"
        for sum in item.checksums { text += "PackageChecksum: \(sum.algorithm.spdx): \(sum.hex)\n" }
        text += "PackageSourceInfo: <text>found in \(line(item.path))</text>\n"
        if let expression = item.licenseExpression { text += "PackageLicenseDeclared: \(expression)\n" }
        text += "PackageComment: <text>\(spdxComment(bill.properties(item)))</text>\n"
        if let cpe = item.cpe { text += "ExternalRef: SECURITY cpe23Type \(cpe)\n" }
        if let purl = item.purl { text += "ExternalRef: PACKAGE-MANAGER purl \(purl.text)\n" }
        text += "Relationship: SPDXRef-Subject CONTAINS \(identifier(bill, item))\n"
      }
      for (from, kind, to) in relationships(bill) { text += "Relationship: \(from) \(kind) \(to)\n" }
      return Array(text.utf8)
    })
}
