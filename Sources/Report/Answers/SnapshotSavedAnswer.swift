package import Bytes
import Findings
package import Kube

/// What was kept of a cluster (`snapshot save`).
package struct SnapshotSavedAnswer: KindOfAnswer {
  package static let kind = "SnapshotSaved"

  private let file: String
  private let objects: Int
  private let kinds: Int
  /// Kinds that the cluster did not list, with the reason.
  private let refused: [(kind: String, reason: String)]

  package init(_ snapshot: ClusterSnapshot, file: String) {
    self.file = file
    objects = snapshot.objects.count
    kinds = snapshot.kinds.count
    refused = snapshot.refused.sorted { $0.key < $1.key }.map { ($0.key.text, $0.value) }
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("file", file)
    writer.field("objects", objects)
    writer.field("kinds", kinds)
    writer.key("refused")
    writer.array(of: refused) { writer, item in
      writer.object { writer in
        writer.field("kind", item.kind)
        writer.field("reason", item.reason)
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    let gaps = refused.isEmpty ? "" : "; \(Phrase.count(refused.count, "kind")) could not be listed"
    return "\(Phrase.count(objects, "object")) of \(Phrase.count(kinds, "kind")) in \(file)\(gaps).\n"
  }
}
