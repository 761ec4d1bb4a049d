package import Bytes
package import Detect
import Findings

/// Whether rules can be read, and whether they can fire under an audit policy (`rules check`).
package struct RuleCheckAnswer: KindOfAnswer {
  package static let kind = "RuleCheck"
  package static let formats: [OutputFormat] = [.table, .json, .jsonl]

  /// A rule under the policy.
  package struct Item: Sendable {
    package let rule: String
    package let coverage: RuleCoverage
  }

  package let items: [Item]
  package let errors: [RuleError]
  /// Of rules that can be used all the same.
  package let warnings: [RuleError]
  private let count: Int
  private let foreign: Int
  private let hasPolicy: Bool

  package init(_ set: RuleSet, policy: AuditPolicy?) {
    errors = set.errors
    warnings = set.warnings
    count = set.alerting
    foreign = set.falco.foreign.count
    hasPolicy = policy != nil
    items = policy.map { policy in set.coverage(policy).map { Item(rule: $0.rule, coverage: $0.coverage) } } ?? []
  }

  /// Whether a rule is refused, odd, or cannot fire as it should.
  package var hasGaps: Bool {
    !errors.isEmpty || !warnings.isEmpty
      || items.contains { $0.coverage.status != .full && $0.coverage.status != .notAudit }
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("rules", count)
    writer.field("needFalco", foreign)
    writer.key("refused")
    writer.array(of: errors) { writer, error in
      writer.object { writer in
        writer.field("file", error.location.file)
        writer.field("line", error.location.line)
        writer.field("message", error.message)
      }
    }
    writer.key("warned")
    writer.array(of: warnings) { writer, error in
      writer.object { writer in
        writer.field("file", error.location.file)
        writer.field("line", error.location.line)
        writer.field("message", error.message)
      }
    }
    writer.key("coverage")
    writer.array(of: items) { writer, item in
      writer.object { Self.fields(item, &$0) }
      writer.drain(to: sink)
    }
  }

  private static func fields(_ item: Item, _ writer: inout JSONWriter) {
    writer.field("rule", item.rule)
    writer.field("status", item.coverage.status.rawValue)
    writer.field("because", item.coverage.because)
  }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .jsonl:
      var writer = JSONWriter(pretty: false)
      for item in items {
        writer.object { Self.fields(item, &$0) }
        writer.endLine()
      }
      for (status, told) in [("refused", errors), ("warned", warnings)] {
        for error in told {
          writer.object { writer in
            writer.field("rule", error.location.text)
            writer.field("status", status)
            writer.field("because", error.message)
          }
          writer.endLine()
        }
      }
      writer.drain(to: sink, atLeast: 0)
    default: sink(Array(text(terminal).utf8))
    }
  }

  package func text(_ terminal: Terminal) -> String {
    var text = ""
    if !errors.isEmpty {
      text +=
        TextTable(
          "Refused", columns: ["where", "why"], rows: errors.map { [$0.location.text, $0.message] }
        ).text(terminal) + "\n"
    }
    if !warnings.isEmpty {
      text +=
        TextTable(
          "Cannot be meant so", columns: ["where", "what"], rows: warnings.map { [$0.location.text, $0.message] }
        ).text(terminal) + "\n"
    }
    if hasPolicy {
      let gaps = items.filter { $0.coverage.status != .full && $0.coverage.status != .notAudit }
      text +=
        TextTable(
          "Cannot fire as they should under this audit policy", columns: ["rule", "status", "because"],
          rows: gaps.map { [$0.rule, $0.coverage.status.rawValue, $0.coverage.because] }
        ).text(terminal) + "\n"
    }
    text += "\(Phrase.count(count, "rule")) can be used, \(errors.count) refused"
    if !warnings.isEmpty { text += ", \(Phrase.count(warnings.count, "warning"))" }
    text += foreign > 0 ? ", \(foreign) need Falco itself.\n" : ".\n"
    return text
  }
}
