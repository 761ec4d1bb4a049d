package import Bytes
import Findings
package import Kube

/// The snapshot of a cluster that was written (`snapshot save`).
package struct SnapshotSavedAnswer: KindOfAnswer {
  package static let kind = "SnapshotSaved"

  private let file: String
  private let objects: Int
  private let kinds: Int
  /// Kinds that the cluster refused to list, with the reason.
  private let refused: [(kind: String, reason: String)]
  /// Kinds that the cluster has and was not asked for.
  private let skipped: [String]

  package init(_ snapshot: ClusterSnapshot, file: String) {
    self.file = file
    objects = snapshot.objects.count
    kinds = snapshot.kinds.count
    skipped = snapshot.skipped.sorted().map(\.text)
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
    writer.field("notAsked", skipped)
  }

  package func text(_ terminal: Terminal) -> String {
    let gaps =
      refused.isEmpty
      ? ""
      : "; \(Phrase.count(refused.count, "kind")) could not be listed: \(refused.map(\.kind).joined(separator: ", "))"
    let others = skipped.isEmpty ? "" : "; \(Phrase.count(skipped.count, "kind")) not asked for (--everything)"
    return "\(Phrase.count(objects, "object")) of \(Phrase.count(kinds, "kind")) in \(file)\(gaps)\(others).\n"
  }
}
