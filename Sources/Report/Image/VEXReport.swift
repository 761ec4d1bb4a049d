import Bytes
import Findings
package import Images

/// What is known of an image's vulnerabilities, for the tools of others: OpenVEX 0.2.0 and CycloneDX 1.6.
///
/// A finding says *affected*; what a statement cleared keeps its status and justification.
package enum VEXReport {
  package struct Cleared: Sendable {
    package let finding: ImageFinding
    package let status: String
    package let justification: String

    package init(finding: ImageFinding, status: String, justification: String) {
      self.finding = finding
      self.status = status
      self.justification = justification
    }
  }

  /// - Parameters:
  ///   - image: a package URL where the image has one, or its name.
  ///   - time: RFC 3339.
  package static func openVEX(
    _ findings: [ImageFinding], _ cleared: [Cleared], image: String, time: String, toolVersion: String
  ) -> [UInt8] {
    var body = JSONWriter(pretty: false)
    body.array { writer in statements(findings, cleared, image, &writer) }
    var writer = JSONWriter(pretty: true)
    writer.object { writer in
      writer.field("@context", "https://openvex.dev/ns/v0.2.0")
      // The same statements have the same name.
      writer.field("@id", "https://openvex.dev/docs/public/vex-\(Digest.sha256(body.bytes).hex)")
      writer.field("author", "Bartizan")
      writer.field("timestamp", time)
      writer.field("version", 1)
      writer.field("tooling", "bartizan \(toolVersion)")
      writer.key("statements")
      writer.array { statements(findings, cleared, image, &$0) }
    }
    writer.endLine()
    return writer.bytes
  }

  private static func statements(
    _ findings: [ImageFinding], _ cleared: [Cleared], _ image: String, _ writer: inout JSONWriter
  ) {
    func statement(
      _ finding: ImageFinding, _ status: String, _ writer: inout JSONWriter, _ more: (inout JSONWriter) -> Void
    ) {
      writer.object { writer in
        writer.key("vulnerability")
        writer.object { writer in
          writer.field("name", finding.advisory.id)
          writer.field("aliases", finding.advisory.aliases)
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
    for item in cleared {
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

  package static func cycloneDX(
    _ findings: [ImageFinding], _ cleared: [Cleared], image: String, time: String, toolVersion: String
  ) -> [UInt8] {
    // A component stands there once, with all that is said of it.
    var references: [String: Int] = [:]
    var components: [ImageFinding] = []
    func reference(_ finding: ImageFinding) -> String {
      let key =
        "\(finding.package.ecosystem.text)\0\(finding.package.name)\0\(finding.package.version)\0\(finding.package.path)"
      if let known = references[key] { return "component-\(known)" }
      references[key] = components.count
      components.append(finding)
      return "component-\(components.count - 1)"
    }
    let all = (findings.map { ($0, Cleared?.none) } + cleared.map { ($0.finding, Optional($0)) }).map {
      (finding: $0.0, cleared: $0.1, reference: reference($0.0))
    }
    var writer = JSONWriter(pretty: true)
    writer.object { writer in
      CycloneDXHead.write(subject: image, type: "container", time: time, toolVersion: toolVersion, &writer)
      writer.key("components")
      writer.array(of: components.enumerated()) { writer, item in
        writer.object { writer in
          writer.field("bom-ref", "component-\(item.offset)")
          writer.field("type", "library")
          writer.field("name", item.element.package.name)
          writer.field("version", item.element.package.version)
          writer.field("purl", item.element.package.purl?.text)
        }
      }
      writer.key("vulnerabilities")
      writer.array(of: all) { writer, item in
        writer.object { writer in
          writer.field("id", item.finding.advisory.id)
          writer.key("source")
          writer.object { writer in
            writer.field("name", "OSV")
            writer.field("url", "https://osv.dev/vulnerability/\(item.finding.advisory.id)")
          }
          writer.key("references")
          writer.array(of: item.finding.advisory.aliases) { writer, alias in
            writer.object { writer in
              writer.field("id", alias)
              writer.key("source")
              writer.object { $0.field("url", "https://osv.dev/vulnerability/\(alias)") }
            }
          }
          writer.key("ratings")
          writer.array { writer in
            writer.object { writer in
              if let score = item.finding.priority.score {
                writer.key("score")
                writer.value(score)
              }
              writer.field("severity", severity(item.finding.priority.level))
              writer.field("justification", item.finding.priority.reason)
            }
          }
          if !item.finding.advisory.summary.isEmpty { writer.field("description", item.finding.advisory.summary) }
          writer.field("recommendation", item.finding.finding(image: image).remediation)
          writer.key("analysis")
          writer.object { writer in analysis(item.cleared, &writer) }
          writer.key("affects")
          writer.array { writer in writer.object { $0.field("ref", item.reference) } }
        }
      }
    }
    writer.endLine()
    return writer.bytes
  }

  private static func analysis(_ cleared: Cleared?, _ writer: inout JSONWriter) {
    guard let cleared else { return writer.field("state", "exploitable") }
    let known = [
      "resolved", "resolved_with_pedigree", "exploitable", "in_triage", "false_positive", "not_affected",
    ]
    let state =
      cleared.status == "fixed" ? "resolved" : known.contains(cleared.status) ? cleared.status : "not_affected"
    writer.field("state", state)
    // Source: CycloneDX 1.6, `impactAnalysisJustification`; OpenVEX's words mean these.
    let words = [
      "component_not_present": "code_not_present", "vulnerable_code_not_present": "code_not_present",
      "vulnerable_code_not_in_execute_path": "code_not_reachable",
      "vulnerable_code_cannot_be_controlled_by_adversary": "requires_environment",
      "inline_mitigations_already_exist": "protected_by_mitigating_control",
    ]
    let own = [
      "code_not_present", "code_not_reachable", "requires_configuration", "requires_dependency",
      "requires_environment", "protected_by_compiler", "protected_at_runtime", "protected_at_perimeter",
      "protected_by_mitigating_control",
    ]
    if let word = words[cleared.justification] ?? (own.contains(cleared.justification) ? cleared.justification : nil) {
      writer.field("justification", word)
    } else if !cleared.justification.isEmpty {
      writer.field("detail", cleared.justification)
    }
  }

  private static func severity(_ level: Priority.Level) -> String {
    level == .unknown ? "unknown" : level.severity.name
  }
}
