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
          toolVersion: bill.toolVersion, &writer)
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
          for package in bill.packages {
            writer.object { writer in
              writer.field("bom-ref", bill.reference(package))
              writer.field("type", "library")
              writer.field("name", package.name)
              writer.field("version", package.version)
              if let purl = package.purl { writer.field("purl", purl.text) }
              writer.key("evidence")
              writer.object { writer in
                writer.key("occurrences")
                writer.array { writer in writer.object { $0.field("location", package.path) } }
              }
              writer.key("properties")
              writer.array { writer in
                property("bartizan:ecosystem", package.ecosystem.text, &writer)
                if let source = package.source { property("bartizan:source", source, &writer) }
                if let version = package.sourceVersion { property("bartizan:sourceVersion", version, &writer) }
              }
            }
          }
        }
        writer.key("dependencies")
        writer.array { writer in
          writer.object { writer in
            writer.field("ref", "subject")
            writer.field(
              "dependsOn", (bill.system == nil ? [] : ["operating-system"]) + bill.packages.map { bill.reference($0) })
          }
        }
      }
      writer.endLine()
      return writer.bytes
    })

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
  package static func write(
    subject: String, type: String, time: String?, toolVersion: String, _ writer: inout JSONWriter
  ) {
    writer.field("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json")
    writer.field("bomFormat", "CycloneDX")
    writer.field("specVersion", "1.6")
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
      }
    }
  }
}
