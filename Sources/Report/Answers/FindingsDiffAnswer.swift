package import Bytes
package import Findings
package import Kube

/// Findings that appeared and disappeared (`diff`).
package struct FindingsDiffAnswer: KindOfAnswer {
  package static let kind = "FindingsDiff"

  private let appeared: [Baseline.Entry]
  private let disappeared: [Baseline.Entry]
  private let stayed: Int

  package let notSeen: [NotSeen]

  /// - Parameter notSeen: of either side: what is absent there may be there all the same.
  package init(from before: Set<Baseline.Entry>, to after: Set<Baseline.Entry>, notSeen: [NotSeen] = []) {
    self.notSeen = notSeen
    func sorted(_ entries: Set<Baseline.Entry>) -> [Baseline.Entry] {
      entries.sorted { ($0.subject, $0.check, $0.fingerprint) < ($1.subject, $1.check, $1.fingerprint) }
    }
    appeared = sorted(after.subtracting(before))
    disappeared = sorted(before.subtracting(after))
    stayed = after.intersection(before).count
  }

  package var hasAppeared: Bool { !appeared.isEmpty }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    for (key, list) in [("appeared", appeared), ("disappeared", disappeared)] {
      writer.key(key)
      writer.array(of: list) { writer, entry in
        writer.object { writer in
          writer.field("check", entry.check)
          writer.field("subject", entry.subject)
          writer.field("fingerprint", entry.fingerprint)
        }
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    let rows = appeared.map { ["+", $0.subject, $0.check] } + disappeared.map { ["-", $0.subject, $0.check] }
    let table = TextTable(columns: ["", "object", "check"], rows: rows)
    return (rows.isEmpty ? "" : table.text(terminal))
      + "\(appeared.count) appeared, \(disappeared.count) disappeared, \(stayed) stayed.\n"
  }
}
