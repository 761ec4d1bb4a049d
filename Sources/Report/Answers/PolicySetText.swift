import Admission
import Bytes
import Findings
import Kube

/// What a set of policies itself has to be told of, beside what they say.
enum PolicySetText {
  static func text(_ policies: PolicySet, _ terminal: Terminal) -> String {
    var text = ""
    if !policies.refused.isEmpty {
      let rows = policies.refused.map { [$0.object.location.text, $0.refusal.message] }
      text +=
        TextTable("Refused by the server, not judged by", columns: ["place", "message"], rows: rows)
        .text(terminal) + "\n"
    }
    if !policies.untranslated.isEmpty {
      let rows = policies.untranslated.map { [$0.object.subject.text, $0.reason] }
      text +=
        TextTable("Not understood, not judged by", columns: ["policy", "because"], rows: rows)
        .text(terminal) + "\n"
    }
    return text
  }

  static func write(_ policies: PolicySet, _ writer: inout JSONWriter) {
    writer.key("refusedPolicies")
    writer.array(of: policies.refused) { writer, item in
      writer.object { writer in
        writer.field("kind", item.object.kind)
        writer.field("name", item.object.name)
        writer.field("location", item.object.location.text)
        writer.field("message", item.refusal.message)
      }
    }
    writer.key("untranslatedPolicies")
    writer.array(of: policies.untranslated) { writer, item in
      writer.object { writer in
        writer.field("kind", item.object.kind)
        writer.field("name", item.object.name)
        writer.field("reason", item.reason)
      }
    }
    writer.field("unboundPolicies", policies.unbound.map(\.name))
  }
}
