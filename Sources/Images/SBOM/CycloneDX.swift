package import Bytes

extension SBOMFormat {
  /// CycloneDX 1.6, JSON (ECMA-424).
  static let cycloneDX = SBOMFormat(
    name: "cyclonedx",
    write: { bill in
      var writer = JSONWriter(pretty: true)
      writer.object { writer in
        CycloneDXHead.write(
          subject: bill.subject, type: bill.system == nil ? "application" : "container", time: bill.created,
          toolVersion: bill.toolVersion, serialNumber: bill.serialNumber, identity: bill.identity,
          version: bill.subjectVersion, &writer)
        writer.key("components")
        writer.array { writer in
          if let system = bill.system {
            writer.object { writer in
              writer.field("bom-ref", "operating-system")
              writer.field("type", "operating-system")
              writer.field("name", system.id)
              writer.field("version", system.version)
              writer.field("description", system.title)
            }
          }
          for package in bill.packages { component(package, bill, &writer) }
        }
        writer.key("dependencies")
        writer.array { writer in
          writer.object { writer in
            writer.field("ref", "subject")
            writer.field(
              "dependsOn", (bill.system == nil ? [] : ["operating-system"]) + bill.packages.map { bill.reference($0) })
          }
          for (reference, needed) in dependencies(bill) {
            writer.object { writer in
              writer.field("ref", reference)
              writer.field("dependsOn", needed)
            }
          }
        }
        guard bill.isPartial else { return }
        writer.key("compositions")
        writer.array { writer in
          writer.object { writer in
            writer.field("aggregate", "incomplete")
            writer.field("assemblies", ["subject"])
          }
        }
      }
      writer.endLine()
      return writer.bytes
    })

  private static func component(_ package: SoftwarePackage, _ bill: BillOfMaterials, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("bom-ref", bill.reference(package))
      writer.field("type", "library")
      if let supplier = package.supplier {
        writer.key("supplier")
        writer.object { $0.field("name", supplier) }
      }
      writer.field("name", package.name)
      writer.field("version", package.version)
      if !package.checksums.isEmpty {
        writer.key("hashes")
        writer.array(of: package.checksums) { writer, sum in
          writer.object { writer in
            writer.field("alg", sum.algorithm.cycloneDX)
            writer.field("content", sum.hex)
          }
        }
      }
      licenses(package, &writer)
      if let cpe = package.cpe { writer.field("cpe", cpe) }
      if let purl = package.purl { writer.field("purl", purl.text) }
      writer.key("evidence")
      writer.object { writer in
        writer.key("occurrences")
        writer.array { writer in writer.object { $0.field("location", package.path) } }
      }
      writer.key("properties")
      writer.array { writer in
        for (name, value) in bill.properties(package) { property(name, value, &writer) }
      }
    }
  }

  /// One expression, or the words of the author, which are none.
  private static func licenses(_ package: SoftwarePackage, _ writer: inout JSONWriter) {
    guard !package.licenses.isEmpty else { return }
    writer.key("licenses")
    writer.array { writer in
      if let expression = package.licenseExpression {
        writer.object { $0.field("expression", expression) }
        return
      }
      for text in package.licenses {
        writer.object { writer in
          writer.key("license")
          writer.object { writer in
            if let id = LicenseExpression.id(text) { writer.field("id", id) } else { writer.field("name", text) }
          }
        }
      }
    }
  }

  /// What packages need, and what those of the distribution brought, in the order of the packages.
  static func dependencies(_ bill: BillOfMaterials) -> [(reference: String, needed: [String])] {
    var needed: [String: [String]] = [:]
    for (owner, owned) in bill.ownership { needed[owner, default: []].append(owned) }
    for (reference, own) in bill.requirements { needed[reference, default: []] += own }
    return bill.packages.compactMap { package in
      let reference = bill.reference(package)
      return needed[reference].map { (reference, Set($0).subtracting([reference]).sorted()) }
    }
  }

  private static func property(_ name: String, _ value: String, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("name", name)
      writer.field("value", value)
    }
  }
}

/// What every CycloneDX document begins with.
package enum CycloneDXHead {
  /// - Parameters:
  ///   - subject: what it is about; its reference is `subject`.
  ///   - type: a word of the format for a kind of component.
  ///   - time: RFC 3339.
  ///   - serialNumber: `urn:uuid:…`.
  ///   - identity: what else it is called.
  ///   - version: of the subject; nil for what the identity says.
  package static func write(
    subject: String, type: String, time: String?, toolVersion: String, serialNumber: String? = nil,
    identity: ImageIdentity = ImageIdentity(), version: String? = nil, _ writer: inout JSONWriter
  ) {
    writer.field("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json")
    writer.field("bomFormat", "CycloneDX")
    writer.field("specVersion", "1.6")
    if let serialNumber { writer.field("serialNumber", serialNumber) }
    writer.field("version", 1)
    writer.key("metadata")
    writer.object { writer in
      writer.field("timestamp", time)
      writer.key("tools")
      writer.object { writer in
        writer.key("components")
        writer.array { writer in
          writer.object { writer in
            writer.field("type", "application")
            writer.field("name", "bartizan")
            writer.field("version", toolVersion)
          }
        }
      }
      writer.key("component")
      writer.object { writer in
        writer.field("bom-ref", "subject")
        writer.field("type", type)
        writer.field("name", subject)
        if let version = version ?? identity.references.first.map({ $0.tag ?? $0.digest ?? "" }) {
          writer.field("version", version)
        }
        if let purl = identity.purl { writer.field("purl", purl.text) }
        let properties = identity.properties
        if !properties.isEmpty {
          writer.key("properties")
          writer.array(of: properties) { writer, item in
            writer.object { writer in
              writer.field("name", item.name)
              writer.field("value", item.value)
            }
          }
        }
      }
    }
  }
}
