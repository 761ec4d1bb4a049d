import Bytes
import Findings

/// SARIF 2.1.0 for GitHub code scanning.
enum SARIFReport: ScanFormat {
  static let format = OutputFormat.sarif

  /// Results of one run that code scanning takes; it refuses files with more. The worst come first.
  ///
  /// Source: GitHub Docs, "SARIF support for code scanning", section "Validating your SARIF file".
  static let mostResults = 25_000

  static func render(
    _ result: ScanResult, _ options: ReportOptions, _ terminal: Terminal, to sink: ([UInt8]) -> Void
  ) {
    let findings = result.findings.prefix(mostResults)
    let omitted = result.findings.count - findings.count
    let used = Set(findings.map(\.check))
    let rules = options.rules.filter { used.contains($0.id) }.sorted { $0.id.rawValue < $1.id.rawValue }
    let index = Dictionary(uniqueKeysWithValues: rules.enumerated().map { ($1.id, $0) })
    SARIF.log(version: options.toolVersion, rules: rules, rule: rule, to: sink) { writer in
      writer.key("invocations")
      writer.array { writer in
        writer.object { writer in
          let refusals = Refusals.of(result)
          // SARIF 2.1.0, 3.20.14: false when the run was not the whole.
          writer.field(
            "executionSuccessful",
            result.status != .failed && omitted == 0 && !refusals.contains { $0.cause.isOfWholeKinds })
          writer.key("toolExecutionNotifications")
          writer.array { writer in
            for problem in result.problems { notification(problem, &writer) }
            for refusal in refusals { notification(refusal, &writer) }
            for gap in Unanswered.of(result) { notification(gap, &writer) }
            if let left = NotCounted.text(result) { notification("note", "not-counted", left, &writer) }
            if omitted > 0 {
              notification(
                "error", "omitted-results",
                "\(Phrase.count(omitted, "result")) \(Phrase.noun(omitted, "is", "are")) left out, none of them worse than those that are here: code scanning takes \(mostResults) at most. All are in the other formats.",
                &writer)
            }
          }
        }
      }
      writer.field("columnKind", "unicodeCodePoints")
      writer.key("results")
      writer.array(of: findings) { writer, finding in
        self.result(finding, index[finding.check], &writer)
        writer.drain(to: sink)
      }
      guard !result.setAside.isEmpty else { return }
      // Suppressed results (3.27.23) are alerts like any other for code scanning, which takes no notice of that.
      writer.key("properties")
      writer.object { writer in
        writer.key("notCounted")
        NotCounted.write(result, &writer)
      }
    }
  }

  private static func rule(_ rule: RuleMetadata, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("id", rule.id.rawValue)
      writer.field("name", camelCase(rule.id.rawValue))
      SARIF.text("shortDescription", rule.title, &writer)
      SARIF.text("fullDescription", rule.rationale, &writer)
      writer.key("help")
      writer.object { writer in
        writer.field("text", rule.remediation)
        writer.field("markdown", "\(rule.rationale)\n\n**What to do.** \(rule.remediation)")
      }
      writer.field("helpUri", rule.references.first?.url ?? "https://bartizan.dev")
      writer.key("defaultConfiguration")
      writer.object { $0.field("level", SARIF.level(rule.severity)) }
      writer.key("properties")
      writer.object { writer in
        writer.field("tags", ["security", "kubernetes"] + rule.controls.map(\.text))
        writer.field("precision", "high")
        writer.field("security-severity", SARIF.score(rule.severity))
      }
    }
  }

  private static func result(_ finding: Finding, _ index: Int?, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("ruleId", finding.check.rawValue)
      if let index { writer.field("ruleIndex", index) }
      writer.field("level", SARIF.level(finding.severity))
      SARIF.text("message", "\(finding.subject.text): \(finding.message)", &writer)
      writer.key("locations")
      writer.array { writer in
        writer.object { writer in
          SARIF.location(finding.location, &writer)
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
            SARIF.location(
              Location(file: finding.location.file, line: item.element.line, column: item.element.column), &writer)
            SARIF.text("message", item.element.path, &writer)
          }
        }
      }
      writer.key("partialFingerprints")
      writer.object { writer in
        writer.field("bartizan/v1", finding.fingerprint.text)
        // The same object may stand in two files, as in those of two environments.
        writer.field("bartizan-place/v1", Fingerprint([finding.fingerprint.text, finding.location.file]).text)
      }
      writer.key("properties")
      writer.object { $0.field("severity", finding.severity.name) }
    }
  }

  private static func notification(_ problem: Problem, _ writer: inout JSONWriter) {
    notification(problem.hidesInput ? "error" : "note", problem.code.rawValue, problem.text, &writer)
  }

  private static func notification(_ gap: NotEvaluated, _ writer: inout JSONWriter) {
    notification("error", "not-evaluated", Refusals.text(gap), &writer)
  }

  private static func notification(_ gap: Unanswered, _ writer: inout JSONWriter) {
    notification("note", "not-evaluated", gap.text, &writer)
  }

  private static func notification(_ level: String, _ id: String, _ text: String, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("level", level)
      SARIF.text("message", text, &writer)
      writer.key("descriptor")
      writer.object { $0.field("id", id) }
    }
  }

  private static func camelCase(_ id: String) -> String {
    id.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
