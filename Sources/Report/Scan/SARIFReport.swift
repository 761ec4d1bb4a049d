import Bytes
import Findings

/// SARIF 2.1.0 for GitHub code scanning.
enum SARIFReport: ScanFormat {
  static let format = OutputFormat.sarif

  static func render(
    _ result: ScanResult, _ options: ReportOptions, _ terminal: Terminal, to sink: ([UInt8]) -> Void
  ) {
    let used = Set(result.findings.map(\.check))
    let rules = options.rules.filter { used.contains($0.id) }.sorted { $0.id.rawValue < $1.id.rawValue }
    let index = Dictionary(uniqueKeysWithValues: rules.enumerated().map { ($1.id, $0) })
    var writer = JSONWriter(pretty: true)
    writer.object { writer in
      writer.field("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
      writer.field("version", "2.1.0")
      writer.key("runs")
      writer.array { writer in
        writer.object { writer in
          writer.key("tool")
          writer.object { writer in
            writer.key("driver")
            writer.object { writer in
              writer.field("name", "Bartizan")
              writer.field("semanticVersion", options.toolVersion)
              writer.field("informationUri", "https://bartizan.dev")
              writer.key("rules")
              writer.array(of: rules) { rule($1, &$0) }
            }
          }
          writer.key("invocations")
          writer.array { writer in
            writer.object { writer in
              let refusals = Refusals.of(result).filter { $0.cause == .refusedKind }
              // SARIF 2.1.0, 3.20.14: false when the run was not the whole.
              writer.field("executionSuccessful", result.status != .failed && refusals.isEmpty)
              writer.key("toolExecutionNotifications")
              writer.array { writer in
                for problem in result.problems { notification(problem, &writer) }
                for refusal in refusals { notification(refusal, &writer) }
                for gap in Unanswered.of(result) { notification(gap, &writer) }
              }
            }
          }
          writer.field("columnKind", "unicodeCodePoints")
          writer.key("results")
          writer.array(of: result.findings) { writer, finding in
            self.result(finding, index[finding.check], &writer)
            writer.drain(to: sink)
          }
        }
      }
    }
    writer.endLine()
    writer.drain(to: sink, atLeast: 0)
  }

  private static func rule(_ rule: RuleMetadata, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("id", rule.id.rawValue)
      writer.field("name", camelCase(rule.id.rawValue))
      text("shortDescription", rule.title, &writer)
      text("fullDescription", rule.rationale, &writer)
      writer.key("help")
      writer.object { writer in
        writer.field("text", rule.remediation)
        writer.field("markdown", "\(rule.rationale)\n\n**What to do.** \(rule.remediation)")
      }
      writer.field("helpUri", rule.references.first?.url ?? "https://bartizan.dev")
      writer.key("defaultConfiguration")
      writer.object { $0.field("level", level(rule.severity)) }
      writer.key("properties")
      writer.object { writer in
        writer.field("tags", ["security", "kubernetes"] + rule.controls.map(\.text))
        writer.field("precision", "high")
        // GitHub ranks results by this CVSS-like score, which is a string.
        writer.field("security-severity", score(rule.severity))
      }
    }
  }

  private static func result(_ finding: Finding, _ index: Int?, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("ruleId", finding.check.rawValue)
      if let index { writer.field("ruleIndex", index) }
      writer.field("level", level(finding.severity))
      text("message", "\(finding.subject.text): \(finding.message)", &writer)
      writer.key("locations")
      writer.array { writer in
        writer.object { writer in
          location(finding.location, &writer)
          writer.key("logicalLocations")
          writer.array { writer in
            writer.object { writer in
              writer.field("fullyQualifiedName", finding.subject.text)
              writer.field("kind", "resource")
            }
          }
        }
      }
      let others = finding.evidence.dropFirst().filter { $0.line > 0 }
      if !others.isEmpty {
        writer.key("relatedLocations")
        writer.array(of: others.enumerated()) { writer, item in
          writer.object { writer in
            writer.field("id", item.offset + 1)
            location(
              Location(file: finding.location.file, line: item.element.line, column: item.element.column), &writer)
            text("message", item.element.path, &writer)
          }
        }
      }
      writer.key("partialFingerprints")
      writer.object { $0.field("bartizan/v1", finding.fingerprint.text) }
      writer.key("properties")
      writer.object { $0.field("severity", finding.severity.name) }
    }
  }

  private static func notification(_ problem: Problem, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("level", problem.hidesInput ? "error" : "note")
      text("message", problem.text, &writer)
      writer.key("descriptor")
      writer.object { $0.field("id", problem.code.rawValue) }
    }
  }

  private static func notification(_ gap: NotEvaluated, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("level", "error")
      text("message", Refusals.text(gap), &writer)
      writer.key("descriptor")
      writer.object { $0.field("id", "not-evaluated") }
    }
  }

  private static func notification(_ gap: Unanswered, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("level", "note")
      text("message", gap.text, &writer)
      writer.key("descriptor")
      writer.object { $0.field("id", "not-evaluated") }
    }
  }

  private static func location(_ location: Location, _ writer: inout JSONWriter) {
    writer.key("physicalLocation")
    writer.object { writer in
      writer.key("artifactLocation")
      writer.object { $0.field("uri", uri(location.file)) }
      if location.line > 0 {
        writer.key("region")
        writer.object { writer in
          writer.field("startLine", location.line)
          if location.column > 0 { writer.field("startColumn", location.column) }
        }
      }
    }
  }

  private static func text(_ key: String, _ text: String, _ writer: inout JSONWriter) {
    writer.key(key)
    writer.object { $0.field("text", text) }
  }

  /// A relative or absolute path as a URI reference (RFC 3986).
  static func uri(_ path: String) -> String {
    var result = path.hasPrefix("/") ? "file://" : ""
    let trimmed = path.hasPrefix("./") ? path.dropFirst(2) : path[...]
    for byte in trimmed.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "/"), UInt8(ascii: "!"), UInt8(ascii: "+"), UInt8(ascii: "="),
        UInt8(ascii: "@"), UInt8(ascii: ","):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let hex = String(byte, radix: 16, uppercase: true)
        result += "%" + (hex.utf8.count == 1 ? "0" : "") + hex
      }
    }
    return result
  }

  private static func camelCase(_ id: String) -> String {
    id.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  private static func level(_ severity: Severity) -> String {
    switch severity {
    case .critical, .high: "error"
    case .medium: "warning"
    case .low, .info: "note"
    }
  }

  private static func score(_ severity: Severity) -> String {
    switch severity {
    case .critical: "9.5"
    case .high: "8.0"
    case .medium: "5.5"
    case .low: "3.0"
    case .info: "0.5"
    }
  }
}
