package import Access
package import Bytes
import Findings
package import Kube

/// Whether somebody may create or update roles and bindings (`rbac can-grant`).
package struct GrantAnswer: KindOfAnswer {
  package static let kind = "GrantAnswer"

  private let subject: AccessSubject
  private let answers: [GrantQuestion.Answer]
  package let notSeen: [NotSeen]

  private let isWhole: Bool

  /// - Parameter unread: what of the manifests could not be read: nobody knows whether it would be let in.
  package init(
    _ subject: AccessSubject, _ answers: [GrantQuestion.Answer], unread: [NotSeen] = [], _ inventory: AccessInventory
  ) {
    self.subject = subject
    self.answers = answers
    isWhole = unread.isEmpty
    let own = inventory.bindings(for: inventory.identity(of: subject))
    notSeen =
      (Self.areAllowed(answers)
        ? [] : inventory.notSeen(by: own, inNamespaces: answers.contains { $0.object.namespace != nil })) + unread
  }

  private static func areAllowed(_ answers: [GrantQuestion.Answer]) -> Bool {
    answers.allSatisfy(\.verdict.isAllowed)
  }

  /// The answer to all of it: nil where it is not known.
  package var isAllowed: Bool? {
    if Self.areAllowed(answers) { return isWhole ? true : nil }
    return answers.contains { $0.verdict.isNo } ? false : nil
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("subject", subject.text)
    writer.key("allowed")
    if let isAllowed { writer.value(isAllowed) } else { writer.null() }
    writer.key("objects")
    writer.array(of: answers) { writer, answer in
      writer.object { writer in
        writer.field("object", answer.object.subject.text)
        writer.field("location", answer.object.location.text)
        writer.field("action", answer.isUpdate ? "update" : "create")
        writer.field("verdict", answer.verdict.name)
        writer.field("reason", answer.verdict.reason(answer))
        writer.key("missing")
        writer.array(of: answer.verdict.missing) { $0.value(GrantManifest.rule($1)) }
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    var text = ""
    for answer in answers {
      let word = answer.verdict.isAllowed ? "yes" : answer.verdict.isNo ? "no" : "unknown"
      let object = Terminal.printable(answer.object.subject.text)
      text += "\(word): \(answer.isUpdate ? "update" : "create") \(object), \(answer.object.location.text)"
      let reason = answer.verdict.reason(answer)
      text += (reason.isEmpty ? "" : ": " + Terminal.printable(reason)) + "\n"
      for rule in answer.verdict.missing { text += terminal.wrapped("- " + rule.text, indent: 2) + "\n" }
    }
    return text
  }
}

extension GrantQuestion.Verdict {
  fileprivate var isAllowed: Bool { if case .allowed = self { true } else { false } }

  fileprivate var isNo: Bool {
    switch self {
    case .allowed, .unknown: false
    case .mayNotWrite, .lacks, .changesRole, .noRole: true
    }
  }

  /// What the writer lacks, to hand it on.
  fileprivate var missing: [PolicyRule] {
    if case .lacks(let rules) = self { RuleCompaction.compact(rules) } else { [] }
  }

  fileprivate var name: String {
    switch self {
    case .allowed: "allowed"
    case .mayNotWrite: "forbidden"
    case .lacks: "escalation"
    case .changesRole: "immutable"
    case .noRole: "no-role"
    case .unknown: "unknown"
    }
  }

  fileprivate func reason(_ answer: GrantQuestion.Answer) -> String {
    switch self {
    case .allowed: ""
    case .mayNotWrite(let verbs):
      "no RBAC rule allows \(verbs.joined(separator: " or ")) on \(answer.object.kind.lowercased())s"
    case .lacks: "it would hand on permissions that the subject does not hold"
    case .changesRole: "the role of a binding cannot be changed; delete the binding and create it anew"
    case .noRole(let role): "the \(role) does not exist"
    case .unknown(let reasons): reasons.joined(separator: "; ")
    }
  }
}
