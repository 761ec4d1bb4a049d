import Bytes
import Findings
import Images

/// The vulnerabilities of an image as OpenVEX 0.2.0: findings are *affected*, suppressed ones keep the status and
/// justification of their statement.
///
/// Source: OpenVEX specification 0.2.0.
enum OpenVEXReport {
  /// - Parameters:
  ///   - image: a package URL if the image has one, otherwise its name.
  ///   - time: RFC 3339.
  static func render(
    _ findings: [ImageFinding], _ suppressed: [SuppressedFinding], image: String, time: String, toolVersion: String
  ) -> [UInt8] {
    var body = JSONWriter(pretty: false)
    body.array { writer in statements(findings, suppressed, image, &writer) }
    var writer = JSONWriter(pretty: true)
    writer.object { writer in
      writer.field("@context", "https://openvex.dev/ns/v0.2.0")
      // The id is derived from the statements, so equal documents have equal ids.
      writer.field("@id", "https://openvex.dev/docs/public/vex-\(Digest.sha256(body.bytes).hex)")
      writer.field("author", "Bartizan")
      writer.field("timestamp", time)
      writer.field("version", 1)
      writer.field("tooling", "bartizan \(toolVersion)")
      writer.key("statements")
      writer.array { statements(findings, suppressed, image, &$0) }
    }
    writer.endLine()
    return writer.bytes
  }

  private static func statements(
    _ findings: [ImageFinding], _ suppressed: [SuppressedFinding], _ image: String, _ writer: inout JSONWriter
  ) {
    func statement(
      _ finding: ImageFinding, _ status: String, _ writer: inout JSONWriter, _ more: (inout JSONWriter) -> Void
    ) {
      writer.object { writer in
        writer.key("vulnerability")
        writer.object { writer in
          writer.field("name", finding.vulnerability)
          let others = finding.otherNames
          if !others.isEmpty { writer.field("aliases", others) }
        }
        writer.key("products")
        writer.array { writer in
          writer.object { writer in
            writer.field("@id", image)
            writer.key("subcomponents")
            writer.array { writer in
              writer.object { writer in
                let name = "\(finding.package.ecosystem.text)/\(finding.package.name)@\(finding.package.version)"
                writer.field("@id", finding.package.purl?.text ?? name)
              }
            }
          }
        }
        writer.field("status", status)
        more(&writer)
      }
    }
    for finding in findings {
      statement(finding, "affected", &writer) { writer in
        writer.field("action_statement", finding.finding(image: image).remediation)
      }
    }
    for item in suppressed {
      let isFixed = ["fixed", "resolved", "resolved_with_pedigree"].contains(item.status)
      statement(item.finding, isFixed ? "fixed" : "not_affected", &writer) { writer in
        guard !isFixed else { return }
        if justifications.contains(item.justification) {
          writer.field("justification", item.justification)
        } else {
          writer.field("impact_statement", item.justification.isEmpty ? item.status : item.justification)
        }
      }
    }
  }

  /// Source: OpenVEX specification 0.2.0, "Status Justifications".
  private static let justifications: Set<String> = [
    "component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist",
  ]
}
