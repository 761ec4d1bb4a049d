import Bytes

/// SPDX 2.3 (ISO/IEC 5962 and its successor), as JSON and as tags with values.
extension SBOMFormat {
  private static func identifier(_ bill: BillOfMaterials, _ package: SoftwarePackage) -> String {
    "SPDXRef-Package-\(BillOfMaterials.hash(bill.reference(package)))"
  }

  private static func place(_ bill: BillOfMaterials) -> String { "https://bartizan.dev/spdx/\(bill.digest)" }

  static let spdxJSON = SBOMFormat(
    name: "spdx-json",
    write: { bill in
      var writer = JSONWriter(pretty: true)
      writer.object { writer in
        writer.field("spdxVersion", "SPDX-2.3")
        writer.field("dataLicense", "CC0-1.0")
        writer.field("SPDXID", "SPDXRef-DOCUMENT")
        writer.field("name", bill.subject)
        writer.field("documentNamespace", place(bill))
        writer.key("creationInfo")
        writer.object { writer in
          writer.field("created", bill.created)
          writer.field("creators", ["Tool: bartizan-\(bill.toolVersion)"])
        }
        writer.key("packages")
        writer.array { writer in
          package("SPDXRef-Subject", bill.subject, nil, nil, nil, &writer)
          for item in bill.packages {
            package(identifier(bill, item), item.name, item.version, item.purl?.text, item.path, &writer)
          }
        }
        writer.key("relationships")
        writer.array { writer in
          relationship("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Subject", &writer)
          for item in bill.packages { relationship("SPDXRef-Subject", "CONTAINS", identifier(bill, item), &writer) }
        }
      }
      writer.endLine()
      return writer.bytes
    })

  private static func package(
    _ id: String, _ name: String, _ version: String?, _ purl: String?, _ path: String?, _ writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.field("SPDXID", id)
      writer.field("name", name)
      if let version { writer.field("versionInfo", version) }
      writer.field("downloadLocation", "NOASSERTION")
      writer.field("filesAnalyzed", false)
      writer.field("licenseConcluded", "NOASSERTION")
      writer.field("licenseDeclared", "NOASSERTION")
      writer.field("copyrightText", "NOASSERTION")
      if let path { writer.field("sourceInfo", "found in \(path)") }
      if let purl {
        writer.key("externalRefs")
        writer.array { writer in
          writer.object { writer in
            writer.field("referenceCategory", "PACKAGE-MANAGER")
            writer.field("referenceType", "purl")
            writer.field("referenceLocator", purl)
          }
        }
      }
    }
  }

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
      func line(_ text: String) -> String { String(text.map { $0.isNewline ? " " : $0 }) }
      var text = """
        SPDXVersion: SPDX-2.3
        DataLicense: CC0-1.0
        SPDXID: SPDXRef-DOCUMENT
        DocumentName: \(line(bill.subject))
        DocumentNamespace: \(place(bill))
        Creator: Tool: bartizan-\(bill.toolVersion)
        Created: \(bill.created)

        PackageName: \(line(bill.subject))
        SPDXID: SPDXRef-Subject
        PackageDownloadLocation: NOASSERTION
        FilesAnalyzed: false

        Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-Subject

        """
      for item in bill.packages {
        text +=
          "\nPackageName: \(line(item.name))\nSPDXID: \(identifier(bill, item))\nPackageVersion: \(line(item.version))\n"
        text +=
          "PackageDownloadLocation: NOASSERTION\nFilesAnalyzed: false\nPackageSourceInfo: <text>found in \(line(item.path))</text>\n"
        if let purl = item.purl { text += "ExternalRef: PACKAGE-MANAGER purl \(purl.text)\n" }
        text += "Relationship: SPDXRef-Subject CONTAINS \(identifier(bill, item))\n"
      }
      return Array(text.utf8)
    })
}
