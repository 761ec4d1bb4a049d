package import Admission
package import Bytes
import Findings
package import Kube

/// Everything that stands at the door of the API server, in its order, with what each answers (`admission explain`).
package struct AdmissionExplanationAnswer: KindOfAnswer {
  package static let kind = "AdmissionExplanation"

  /// One object of the input, and the way of the request that makes it.
  package struct Item: Sendable {
    package let object: KubeObject
    /// Nil where nothing is known of the request that makes the object.
    package let decision: AdmissionChain.Decision?
    /// Why there is no decision.
    package let reason: String

    package init(object: KubeObject, decision: AdmissionChain.Decision) {
      self.object = object
      self.decision = decision
      reason = ""
    }

    package init(object: KubeObject, reason: String) {
      self.object = object
      decision = nil
      self.reason = reason
    }
  }

  private let items: [Item]

  package init(_ items: [Item]) { self.items = items }

  package var isRefused: Bool { items.contains { $0.decision?.refusal != nil } }
  package var isUncertain: Bool {
    items.contains { item in item.decision.map { $0.refusal == nil && !$0.unknown.isEmpty } ?? true }
  }

  private static func verdict(_ item: Item) -> String {
    guard let decision = item.decision else { return "unknown" }
    if decision.refusal != nil { return "refused" }
    return decision.unknown.isEmpty ? "admitted" : "unknown"
  }

  private static func answer(_ answer: AdmissionChain.Step.Answer) -> (word: String, detail: String) {
    switch answer {
    case .passed: ("passed", "")
    case .changed: ("changed", "")
    case .warned(let message): ("warned", message)
    case .audited(let message): ("audited", message)
    case .refused(let message): ("refused", message)
    case .ignored(let message): ("ignored", message)
    case .unknown(let reason): ("unknown", reason)
    }
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("objects")
    writer.array(of: items) { writer, item in
      writer.object { writer in
        writer.key("object")
        writer.object { writer in
          writer.field("kind", item.object.kind)
          writer.field("namespace", item.object.namespace)
          writer.field("name", item.object.name)
        }
        writer.field("verdict", Self.verdict(item))
        writer.field("status", item.decision?.refusal?.status ?? 0)
        writer.field("message", item.decision?.refusal?.message ?? (item.reason.isEmpty ? nil : item.reason))
        writer.field("warnings", item.decision?.warnings ?? [])
        writer.key("steps")
        writer.array(of: item.decision?.steps ?? []) { writer, step in
          let (word, detail) = Self.answer(step.answer)
          writer.object { writer in
            writer.field("kind", step.kind.rawValue)
            writer.field("name", step.name)
            writer.field("answer", word)
            writer.field("detail", detail)
          }
        }
      }
      writer.drain(to: sink)
    }
  }

  private static func word(_ kind: AdmissionChain.Step.Kind) -> String {
    switch kind {
    case .plugin: "plugin"
    case .mutatingPolicy: "mutating policy"
    case .mutatingWebhook: "mutating webhook"
    case .validation: "validation"
    case .storage: "storage"
    case .validatingPolicy: "validating policy"
    case .validatingWebhook: "validating webhook"
    }
  }

  /// A message with its lines; all but the first are indented, so that none passes for an answer of ours.
  private static func prose(_ text: String, _ terminal: Terminal) -> String {
    let lines = text.split(whereSeparator: \.isNewline)
    return lines.enumerated().map { terminal.wrapped(String($1), indent: $0 == 0 ? 0 : 2) }.joined(separator: "\n")
  }

  /// Plugins that let the request pass one after the other stand in one row.
  private static func rows(_ steps: [AdmissionChain.Step]) -> [[String]] {
    var rows: [[String]] = []
    var quiet: [String] = []
    func flush() {
      guard let first = quiet.first else { return }
      let name = quiet.count == 1 ? first : "\(first) and \(quiet.count - 1) more"
      rows.append([quiet.count == 1 ? "plugin" : "plugins", name, "passed", ""])
      quiet = []
    }
    for step in steps {
      if case .plugin = step.kind, case .passed = step.answer {
        quiet.append(step.name)
        continue
      }
      flush()
      let (word, detail) = Self.answer(step.answer)
      rows.append([Self.word(step.kind), step.name, word, detail])
    }
    flush()
    return rows
  }

  package func text(_ terminal: Terminal) -> String {
    items.map { item in
      guard let decision = item.decision else {
        return terminal.bold(Terminal.printable(item.object.subject.text))
          + "\n" + terminal.wrapped("unknown: " + item.reason, indent: 0) + "\n"
      }
      let rows = Self.rows(decision.steps)
      var text = TextTable(
        Terminal.printable(item.object.subject.text), columns: ["what", "name", "answer", "why"], rows: rows
      ).text(terminal)
      for warning in decision.warnings { text += Self.prose("Warning: " + warning, terminal) + "\n" }
      switch Self.verdict(item) {
      case "refused":
        text += Self.prose(
          "refused (\(decision.refusal?.status ?? 0)): \(decision.refusal?.message ?? "")", terminal)
      case "unknown":
        text += "not known: \(Phrase.count(decision.unknown.count, "answer")) above cannot be had from the input"
      default: text += "admitted"
      }
      return text + "\n"
    }.joined(separator: "\n")
  }
}
