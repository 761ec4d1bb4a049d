package import Bytes
import Findings
package import Kube
import PodSecurity

/// The strictest level that each namespace meets, and the edits for the next one (`pss headroom`).
package struct PodSecurityHeadroomAnswer: KindOfAnswer {
  package static let kind = "PodSecurityHeadroom"

  private let namespaces: [PodSecurityHeadroom]
  package let notSeen: [NotSeen]

  package init(_ snapshot: ClusterSnapshot) {
    namespaces = PodSecurityHeadroom.all(snapshot)
    notSeen = snapshot.notSeenOfWorkloads(and: [.namespace])
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("namespaces")
    writer.array(of: namespaces) { Self.write($1, &$0) }
  }

  private static func write(_ row: PodSecurityHeadroom, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("namespace", row.namespace)
      writer.field("workloads", row.workloads)
      writer.field("level", row.level.name)
      writer.field("version", row.version.text)
      writer.key("enforced")
      if let enforce = row.labels?.enforce {
        writer.value("\(enforce.level.name):\(enforce.version.text)")
      } else {
        writer.null()
      }
      writer.key("next")
      if let next = row.next {
        writer.object { writer in
          writer.field("level", next.level.name)
          writer.field("version", next.version.text)
          writer.key("workloads")
          writer.array(of: row.needed) { writer, needed in
            writer.object { writer in
              writer.field("kind", needed.subject.kind)
              writer.field("name", needed.subject.name)
              writer.field("file", needed.file)
              writer.key("edits")
              writer.array(of: needed.edits) { writer, edit in
                writer.object { writer in
                  writer.field("path", edit.pathText)
                  writer.field("value", Self.value(of: edit))
                }
              }
            }
          }
        }
      } else {
        writer.null()
      }
    }
  }

  /// The value as inline YAML; nil where the edit removes the field.
  private static func value(of edit: Edit) -> String? {
    switch edit.change {
    case .set(let value): value.text
    case .include(let word): "[\"\(word)\"]"
    case .remove, .rename: nil
    }
  }

  package func text(_ terminal: Terminal) -> String {
    namespaces.map { Self.text($0, isWhole: notSeen.isEmpty, terminal) }.joined(separator: "\n")
  }

  /// - Parameter isWhole: otherwise no label is advised: a workload that was not seen may not meet it.
  private static func text(_ row: PodSecurityHeadroom, isWhole: Bool, _ terminal: Terminal) -> String {
    let name = Terminal.printable(row.namespace ?? "(no namespace named)")
    let verb = Phrase.noun(row.workloads, "meets", "meet")
    var text = "\(name): \(Phrase.count(row.workloads, "workload")) \(verb) \(row.level.name):\(row.version.text)"
    if let labels = row.labels {
      text += ", labels enforce " + (labels.enforce.map { "\($0.level.name):\($0.version.text)" } ?? "nothing")
    } else if row.namespace != nil {
      text += ", labels unknown (no Namespace object)"
    }
    text += "\n"
    if isWhole, let labels = row.labels, let namespace = row.namespace, row.level > .privileged,
      (labels.enforce?.level ?? .privileged) < row.level
    {
      let version =
        row.version == .latest ? "" : " pod-security.kubernetes.io/enforce-version=\(row.version.text)"
      text +=
        terminal.wrapped(
          "today: kubectl label --overwrite namespace \(namespace) pod-security.kubernetes.io/enforce=\(row.level.name)\(version)",
          indent: 2) + "\n"
    }
    guard let next = row.next else { return text }
    let count = row.needed.reduce(0) { $0 + $1.edits.count }
    text += "  to \(next.level.name):\(next.version.text), \(Phrase.count(count, "edit")):\n"
    for needed in row.needed {
      text += "    \(Terminal.printable(needed.subject.text))\n"
      for edit in needed.edits { text += terminal.wrapped(edit.text, indent: 6) + "\n" }
    }
    return text
  }
}
