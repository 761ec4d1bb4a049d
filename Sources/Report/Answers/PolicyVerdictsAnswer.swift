package import Admission
package import Bytes
import Findings
import Kube

/// What policies say of objects (`admission check`, `admission audit`).
package struct PolicyVerdictsAnswer: KindOfAnswer {
  package static let kind = "PolicyVerdicts"
  package static let formats: [OutputFormat] = [.table, .json, .jsonl, .sarif, .junit]

  package let verdicts: ObjectVerdicts
  package let policies: PolicySet
  private let sources: [String]
  private let toolVersion: String

  package init(_ verdicts: ObjectVerdicts, _ policies: PolicySet, sources: [String], toolVersion: String) {
    self.verdicts = verdicts
    self.policies = policies
    self.sources = sources
    self.toolVersion = toolVersion
  }

  /// Whether something that was named could not be judged: an object, or a policy.
  package var isPartial: Bool {
    !verdicts.gaps.isEmpty || !policies.refused.isEmpty || !policies.untranslated.isEmpty
  }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .jsonl:
      var writer = JSONWriter(pretty: false)
      for violation in verdicts.violations {
        writer.object { Self.write(violation, &$0) }
        writer.endLine()
        writer.drain(to: sink)
      }
      for gap in verdicts.gaps {
        writer.object { writer in
          writer.key("object")
          Self.write(gap.object, &writer)
          writer.field("policy", gap.policy)
          writer.field("binding", gap.binding)
          writer.field("notEvaluated", gap.reason)
        }
        writer.endLine()
        writer.drain(to: sink)
      }
      writer.drain(to: sink, atLeast: 0)
    case .sarif, .junit:
      let findings = PolicyFindings(verdicts, policies)
      let options = ReportOptions(sources: sources, toolVersion: toolVersion, rules: findings.rules)
      ScanReport(findings.result, options).render(format, terminal, to: sink)
    default: sink(Array(text(terminal).utf8))
    }
  }

  private static func write(_ violation: ObjectVerdicts.Violation, _ writer: inout JSONWriter) {
    writer.key("object")
    write(violation.object, &writer)
    writer.field("policy", violation.policy)
    writer.field("binding", violation.binding)
    writer.field("action", violation.action.rawValue)
    writer.field("message", violation.message)
  }

  private static func write(_ object: KubeObject, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("kind", object.kind)
      writer.field("namespace", object.namespace)
      writer.field("name", object.name)
    }
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("summary")
    writer.object { writer in
      writer.field("objects", verdicts.objects)
      writer.field("judged", verdicts.judged)
      writer.field("policies", policies.count)
      writer.field("evaluations", verdicts.evaluations)
      writer.field("denied", verdicts.count(.deny))
      writer.field("warned", verdicts.count(.warn))
      writer.field("audited", verdicts.count(.audit))
      writer.field("notEvaluated", verdicts.gaps.count)
    }
    writer.key("violations")
    writer.array(of: verdicts.violations) { writer, violation in
      writer.object { writer in
        Self.write(violation, &writer)
        writer.field("reason", violation.reason)
        writer.field("param", violation.param)
        writer.field("location", violation.object.location.text)
      }
      writer.drain(to: sink)
    }
    writer.key("notEvaluated")
    writer.array(of: verdicts.gaps) { writer, gap in
      writer.object { writer in
        writer.key("object")
        Self.write(gap.object, &writer)
        writer.field("policy", gap.policy)
        writer.field("binding", gap.binding)
        writer.field("reason", gap.reason)
      }
      writer.drain(to: sink)
    }
    writer.key("ignored")
    writer.array(of: verdicts.ignored) { writer, item in
      writer.object { writer in
        writer.key("object")
        Self.write(item.object, &writer)
        writer.field("policy", item.policy)
        writer.field("message", item.message)
      }
    }
    writer.key("changes")
    writer.array(of: verdicts.changes) { writer, change in
      writer.object { writer in
        writer.key("object")
        Self.write(change.object, &writer)
        writer.field("policies", change.policies)
        writer.key("patch")
        writer.value(change.patch.document)
      }
      writer.drain(to: sink)
    }
    PolicySetText.write(policies, &writer)
  }

  package func text(_ terminal: Terminal) -> String {
    var text = ""
    if !verdicts.violations.isEmpty {
      let rows = verdicts.violations.sorted {
        ($0.object.subject, $0.policy, $0.message) < ($1.object.subject, $1.policy, $1.message)
      }.map { [$0.action.rawValue, $0.object.subject.text, $0.policy, $0.message] }
      text += TextTable(columns: ["action", "object", "policy", "message"], rows: rows).text(terminal) + "\n"
    }
    if !verdicts.gaps.isEmpty {
      // One row for each reason: what is missing is mostly missing for many objects.
      let groups = Dictionary(grouping: verdicts.gaps) { [$0.policy ?? "every policy", $0.reason] }
      let rows = groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, gaps in
        let first = gaps[0].object.subject.text
        return [key[0], gaps.count == 1 ? first : "\(first) and \(gaps.count - 1) more", key[1]]
      }
      text += TextTable("Not evaluated", columns: ["policy", "object", "because"], rows: rows).text(terminal) + "\n"
    }
    if !verdicts.ignored.isEmpty {
      let rows = verdicts.ignored.map { [$0.policy, $0.object.subject.text, $0.message] }
      text +=
        TextTable("Passed over (failurePolicy: Ignore)", columns: ["policy", "object", "message"], rows: rows)
        .text(terminal) + "\n"
    }
    if !verdicts.changes.isEmpty {
      let rows = verdicts.changes.map {
        [
          $0.object.subject.text, $0.policies.joined(separator: ", "),
          Phrase.count($0.patch.operations.count, "change"),
        ]
      }
      text += TextTable("Changed", columns: ["object", "policies", "changes"], rows: rows).text(terminal) + "\n"
    }
    text += PolicySetText.text(policies, terminal)
    return text
      + "\(Phrase.count(verdicts.objects, "object")), \(Phrase.count(policies.count, "policy", "policies")): \(verdicts.count(.deny)) denied, \(verdicts.count(.warn)) warned, \(verdicts.count(.audit)) audited, \(verdicts.gaps.count) not evaluated.\n"
  }
}
