import Bytes
import Findings
import Images

/// The vulnerabilities of an image as CycloneDX 1.6 with an analysis of each: findings are *exploitable*, also those that somebody
/// accepted, and suppressed ones keep the status and justification of their statement. What could not be judged makes the
/// composition incomplete.
///
/// Source: CycloneDX 1.6, `vulnerabilities`.
enum CycloneDXVEXReport {
  static func render(
    _ findings: [ImageFinding], _ suppressed: [SuppressedFinding], _ result: ScanResult, image: String, time: String,
    toolVersion: String
  ) -> [UInt8] {
    // Each component is listed once.
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
    let all = (findings.map { ($0, SuppressedFinding?.none) } + suppressed.map { ($0.finding, Optional($0)) }).map {
      (finding: $0.0, suppressed: $0.1, reference: reference($0.0))
    }
    let decisions = Dictionary(
      result.setAside.filter { $0.cause == .exception }.map { ($0.finding.fingerprint, "accepted: \($0.reason)") },
      uniquingKeysWith: { first, _ in first })
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
      if result.status != .complete {
        writer.key("compositions")
        writer.array { writer in
          writer.object { writer in
            writer.field("aggregate", "incomplete")
            writer.field("assemblies", ["subject"])
          }
        }
      }
      let remarks = Unseen.lines(result) + [NotCounted.text(result)].compactMap { $0 }
      if !remarks.isEmpty {
        writer.key("annotations")
        writer.array(of: remarks) { writer, remark in
          writer.object { writer in
            writer.field("subjects", ["subject"])
            writer.key("annotator")
            writer.object { writer in
              writer.key("component")
              writer.object { writer in
                writer.field("type", "application")
                writer.field("name", "bartizan")
              }
            }
            writer.field("timestamp", time)
            writer.field("text", remark)
          }
        }
      }
      writer.key("vulnerabilities")
      writer.array(of: all) { writer, item in
        writer.object { writer in
          writer.field("id", item.finding.vulnerability)
          writer.key("source")
          writer.object { writer in
            writer.field("name", "OSV")
            writer.field("url", "https://osv.dev/vulnerability/\(item.finding.advisory.id)")
          }
          writer.key("references")
          writer.array(of: item.finding.otherNames) { writer, alias in
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
          writer.object { writer in
            analysis(item.suppressed, &writer)
            if let decision = decisions[item.finding.finding(image: image).fingerprint] {
              writer.field("response", ["will_not_fix"])
              writer.field("detail", decision)
            }
          }
          writer.key("affects")
          writer.array { writer in writer.object { $0.field("ref", item.reference) } }
        }
      }
    }
    writer.endLine()
    return writer.bytes
  }

  private static func analysis(_ suppressed: SuppressedFinding?, _ writer: inout JSONWriter) {
    guard let suppressed else { return writer.field("state", "exploitable") }
    let known = [
      "resolved", "resolved_with_pedigree", "exploitable", "in_triage", "false_positive", "not_affected",
    ]
    let state =
      suppressed.status == "fixed" ? "resolved" : known.contains(suppressed.status) ? suppressed.status : "not_affected"
    writer.field("state", state)
    // Source: CycloneDX 1.6, `impactAnalysisJustification`; the corresponding words of OpenVEX.
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
    if let word = words[suppressed.justification]
      ?? (own.contains(suppressed.justification) ? suppressed.justification : nil)
    {
      writer.field("justification", word)
    } else if !suppressed.justification.isEmpty {
      writer.field("detail", suppressed.justification)
    }
  }

  private static func severity(_ level: Priority.Level) -> String {
    level == .unknown ? "unknown" : level.severity.name
  }
}
