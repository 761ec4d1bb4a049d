package import Access
package import Bytes
package import Kube

/// Who gained or lost which permission (`rbac diff`).
package struct AccessDiffAnswer: KindOfAnswer {
  package static let kind = "AccessDiff"

  private let changes: [AccessDiff.Change]

  package let notSeen: [NotSeen]

  /// - Parameter notSeen: of either side.
  package init(_ changes: [AccessDiff.Change], notSeen: [NotSeen] = []) {
    self.changes = changes
    self.notSeen = notSeen
  }

  package var hasGains: Bool { changes.contains { !$0.gained.isEmpty } }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("changes")
    writer.array(of: changes) { writer, change in
      writer.object { writer in
        writer.field("subject", change.subject.text)
        writer.field("namespace", change.namespace)
        writer.key("gained")
        writer.array(of: change.gained) { $0.value(GrantManifest.rule($1)) }
        writer.key("lost")
        writer.array(of: change.lost) { $0.value(GrantManifest.rule($1)) }
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    var text =
      notSeen.isEmpty || changes.isEmpty ? "" : "Not everything was seen; some of this may be no change.\n\n"
    for change in changes {
      text += "\(Terminal.printable(change.subject.text)) \(change.namespace.map { "in " + $0 } ?? "everywhere")\n"
      for rule in change.gained { text += terminal.wrapped("+ " + rule.text, indent: 2) + "\n" }
      for rule in change.lost { text += terminal.wrapped("- " + rule.text, indent: 2) + "\n" }
    }
    let gained = Set(changes.filter { !$0.gained.isEmpty }.map(\.subject)).count
    let lost = Set(changes.filter { !$0.lost.isEmpty }.map(\.subject)).count
    return text
      + (changes.isEmpty
        ? notSeen.isEmpty ? "Nobody gained or lost a permission.\n" : "No difference in what was seen.\n"
        : "\(Phrase.count(gained, "subject")) gained permissions, \(lost) lost some.\n")
  }
}
