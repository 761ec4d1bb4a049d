package import Bytes
package import Findings
package import Kube

/// Findings that appeared and disappeared (`diff`).
package struct FindingsDiffAnswer: KindOfAnswer {
  package static let kind = "FindingsDiff"
  package static let formats: [OutputFormat] = [.table, .json, .markdown]

  /// The findings of one input, and what was not seen of it.
  package struct Side: Sendable {
    let entries: Set<Baseline.Entry>
    let accepted: Set<Baseline.Entry>
    let notSeen: [NotSeen]
    let mayHide: Set<CheckID>?

    /// - Parameters:
    ///   - accepted: findings that are there and do not count.
    ///   - mayHide: checks that may have findings in what was not seen; nil where any check may.
    package init(
      _ entries: Set<Baseline.Entry>, accepted: Set<Baseline.Entry> = [], notSeen: [NotSeen] = [],
      mayHide: Set<CheckID>? = []
    ) {
      self.accepted = accepted
      self.entries = entries
      self.notSeen = notSeen
      self.mayHide = mayHide
    }

    func mayHave(_ entry: Baseline.Entry) -> Bool {
      !notSeen.isEmpty && (mayHide.map { $0.contains(CheckID(entry.check)) } ?? true)
    }
  }

  private let appeared: [Baseline.Entry]
  private let disappeared: [Baseline.Entry]
  /// Those of one side that the other may have as well.
  private let unknown: [Baseline.Entry]
  /// Those that did not disappear: somebody accepted them.
  private let accepted: [Baseline.Entry]
  private let stayed: Int

  package let notSeen: [NotSeen]

  package init(from before: Side, to after: Side) {
    notSeen = Set(before.notSeen + after.notSeen).sorted()
    func sorted(_ entries: Set<Baseline.Entry>) -> [Baseline.Entry] {
      entries.sorted { ($0.subject, $0.check, $0.fingerprint) < ($1.subject, $1.check, $1.fingerprint) }
    }
    // What got worse is news, though nothing else disappeared for it.
    let worse = after.entries.filter { entry in
      guard let place = before.entries.firstIndex(of: entry) else { return false }
      return !before.entries[place].covers(severity: entry.severity, values: entry.values)
    }
    let new = after.entries.subtracting(before.entries).union(worse)
    let old = before.entries.subtracting(after.entries)
    let kept = old.intersection(after.accepted)
    let open = new.filter(before.mayHave).union(old.subtracting(kept).filter(after.mayHave))
    appeared = sorted(new.subtracting(open))
    disappeared = sorted(old.subtracting(open).subtracting(kept))
    accepted = sorted(kept)
    unknown = sorted(open)
    stayed = after.entries.intersection(before.entries).count - worse.count
  }

  package var hasAppeared: Bool { !appeared.isEmpty }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    for (key, list) in [
      ("appeared", appeared), ("disappeared", disappeared), ("unknown", unknown), ("accepted", accepted),
    ] {
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

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .markdown: sink(Array(markdown.utf8))
    default: sink(Array(wholeText(terminal).utf8))
    }
  }

  /// What changed, each with its sign.
  private var changes: [(sign: String, entry: Baseline.Entry)] {
    [("+", appeared), ("-", disappeared), ("?", unknown), ("accepted", accepted)].flatMap { sign, list in
      list.map { (sign, $0) }
    }
  }

  private var counts: String {
    "\(appeared.count) appeared, \(disappeared.count) disappeared, \(unknown.isEmpty ? "" : "\(unknown.count) unknown, ")\(accepted.isEmpty ? "" : "\(accepted.count) accepted, ")\(stayed) stayed."
  }

  /// For a comment on a pull request.
  private var markdown: String {
    var text = "**\(counts)**\n"
    let rows = changes
    if !rows.isEmpty {
      text += "\n| | object | check |\n|---|---|---|\n"
      for row in rows {
        text +=
          "| \(row.sign) | `\(MarkdownReport.code(row.entry.subject))` | `\(MarkdownReport.code(row.entry.check))` |\n"
      }
    }
    guard !notSeen.isEmpty else { return text }
    text += "\nNot seen: the answer is not the whole.\n\n"
    for item in notSeen { text += "- \(MarkdownReport.escaped("\(item.kind.text): \(item.reason)"))\n" }
    return text
  }

  package func text(_ terminal: Terminal) -> String {
    let rows = changes.map { [$0.sign, $0.entry.subject, $0.entry.check] }
    let table = TextTable(columns: ["", "object", "check"], rows: rows)
    return (rows.isEmpty ? "" : table.text(terminal))
      + counts + "\n"
  }
}
