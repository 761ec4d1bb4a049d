import Bytes

extension SBOMFormat {
  /// CycloneDX 1.6, XML: the same as in JSON, in the order that its schema asks for.
  ///
  /// Source: the schema bom-1.6.xsd.
  static let cycloneDXXML = SBOMFormat(
    name: "cyclonedx-xml",
    write: { bill in
      var writer = MarkupWriter()
      let root = [
        ("xmlns", "http://cyclonedx.org/schema/bom/1.6"), ("serialNumber", bill.serialNumber), ("version", "1"),
      ]
      writer.element("bom", root) { writer in
        writer.element("metadata") { metadata(bill, &$0) }
        writer.element("components") { writer in
          if let system = bill.system {
            writer.element("component", [("type", "operating-system"), ("bom-ref", "operating-system")]) { writer in
              writer.text("name", system.id)
              writer.text("version", system.version)
              writer.text("description", system.title)
            }
          }
          for package in bill.packages { component(package, bill, &writer) }
        }
        writer.element("dependencies") { writer in
          let all = (bill.system == nil ? [] : ["operating-system"]) + bill.packages.map { bill.reference($0) }
          for (reference, needed) in [("subject", all)] + dependencies(bill) {
            writer.element("dependency", [("ref", reference)]) { writer in
              for other in needed { writer.element("dependency", [("ref", other)]) { _ in } }
            }
          }
        }
        guard bill.isPartial else { return }
        writer.element("compositions") { writer in
          writer.element("composition") { writer in
            writer.text("aggregate", "incomplete")
            writer.element("assemblies") { $0.element("assembly", [("ref", "subject")]) { _ in } }
          }
        }
      }
      return writer.bytes
    })

  private static func metadata(_ bill: BillOfMaterials, _ writer: inout MarkupWriter) {
    writer.text("timestamp", bill.created)
    writer.element("tools") { writer in
      writer.element("components") { writer in
        writer.element("component", [("type", "application")]) { writer in
          writer.text("name", "bartizan")
          writer.text("version", bill.toolVersion)
        }
      }
    }
    let type = bill.system == nil ? "application" : "container"
    writer.element("component", [("type", type), ("bom-ref", "subject")]) { writer in
      writer.text("name", bill.subject)
      if let version = bill.subjectVersion { writer.text("version", version) }
      if let purl = bill.identity.purl { writer.text("purl", purl.text) }
      properties(bill.subjectProperties, &writer)
    }
  }

  private static func component(_ package: SoftwarePackage, _ bill: BillOfMaterials, _ writer: inout MarkupWriter) {
    writer.element("component", [("type", "library"), ("bom-ref", bill.reference(package))]) { writer in
      if let supplier = package.supplier { writer.element("supplier") { $0.text("name", supplier) } }
      writer.text("name", package.name)
      writer.text("version", package.version)
      if !package.checksums.isEmpty {
        writer.element("hashes") { writer in
          for sum in package.checksums { writer.text("hash", sum.hex, [("alg", sum.algorithm.cycloneDX)]) }
        }
      }
      licenses(package, &writer)
      if let cpe = package.cpe { writer.text("cpe", cpe) }
      if let purl = package.purl { writer.text("purl", purl.text) }
      properties(bill.properties(package), &writer)
      writer.element("evidence") { writer in
        writer.element("occurrences") { writer in writer.element("occurrence") { $0.text("location", package.path) } }
      }
    }
  }

  /// One expression, or the words of the author, which are none.
  private static func licenses(_ package: SoftwarePackage, _ writer: inout MarkupWriter) {
    guard !package.licenses.isEmpty else { return }
    writer.element("licenses") { writer in
      if let expression = package.licenseExpression { return writer.text("expression", expression) }
      for text in package.licenses {
        let id = LicenseExpression.id(text)
        writer.element("license") { $0.text(id == nil ? "name" : "id", id ?? text) }
      }
    }
  }

  private static func properties(_ list: [(name: String, value: String)], _ writer: inout MarkupWriter) {
    guard !list.isEmpty else { return }
    writer.element("properties") { writer in
      for (name, value) in list { writer.text("property", value, [("name", name)]) }
    }
  }
}

/// Writes an XML document of elements that hold either elements or a text.
struct MarkupWriter {
  private var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
  private var depth = 0

  var bytes: [UInt8] { Array(text.utf8) }

  /// An element with others in it.
  mutating func element(_ name: String, _ attributes: [(String, String)] = [], _ body: (inout MarkupWriter) -> Void) {
    begin(name, attributes)
    let start = text.utf8.count
    text += ">\n"
    depth += 1
    body(&self)
    depth -= 1
    if text.utf8.count == start + 2 {
      text.removeLast(2)
      text += "/>\n"
    } else {
      indent()
      text += "</\(name)>\n"
    }
  }

  /// An element with a text in it.
  mutating func text(_ name: String, _ content: String, _ attributes: [(String, String)] = []) {
    begin(name, attributes)
    text += ">\(Self.escaped(content))</\(name)>\n"
  }

  private mutating func begin(_ name: String, _ attributes: [(String, String)]) {
    indent()
    text += "<" + name
    for (key, value) in attributes { text += " \(key)=\"\(Self.escaped(value))\"" }
  }

  private mutating func indent() { text += String(repeating: "  ", count: depth) }

  /// For content and quoted attributes; what XML 1.0 has no place for becomes U+FFFD. Line feeds of names are references, so that
  /// readers do not take them for spaces.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n", "\t", "\r": result += "&#\(scalar.value);"
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
