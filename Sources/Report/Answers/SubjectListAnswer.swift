package import Access
package import Bytes
import Findings
package import Kube

/// All subjects of bindings, with the worst risk of each (`rbac subjects`).
package struct SubjectListAnswer: KindOfAnswer {
  package static let kind = "SubjectList"

  private let rows: [(subject: AccessSubject, bindings: [Int], worst: AccessProfile.Exposure?)]
  private let inventory: AccessInventory

  package var notSeen: [NotSeen] { inventory.notSeen + inventory.snapshot.notSeen([.serviceAccount]) }

  package init(_ inventory: AccessInventory) {
    let profile = AccessProfile(inventory)
    self.inventory = inventory
    rows = inventory.allSubjects.map { subject in
      (subject, inventory.bindings(of: subject), profile.worst(ofOwn: subject))
    }
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("subjects")
    writer.array(of: rows) { writer, row in
      writer.object { writer in
        writer.field("kind", row.subject.kind)
        writer.field("name", row.subject.name)
        writer.field("bindings", row.bindings.map(inventory.describe))
        writer.field("worst", row.worst?.risk.id)
        writer.field("severity", row.worst?.severity.name)
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    TextTable(
      columns: ["subject", "bindings", "worst"],
      rows: rows.map { row in
        [
          row.subject.text, String(row.bindings.count),
          row.worst.map { "\($0.severity.name): \($0.risk.title) \($0.namespace.map { "in " + $0 } ?? "everywhere")" }
            ?? "",
        ]
      }
    ).text(terminal)
  }
}
