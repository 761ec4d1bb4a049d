package import Bytes
package import Kube
package import Posture

/// A report of kube-bench beside our own verdicts on the same checks (`cis import`).
package struct CISComparisonAnswer: KindOfAnswer {
  package static let kind = "CISComparison"

  private struct Row: Sendable {
    let id: String
    let title: String
    let theirs: KubeBenchState
    /// Nil where we have no verdict on it.
    let ours: BenchmarkReview.Result?

    /// Whether one passes what the other fails.
    var isContradiction: Bool {
      guard let ours else { return false }
      return theirs == .pass && ours.verdict.status == .fail || theirs == .fail && ours.verdict.status == .pass
    }
  }

  private let rows: [Row]
  private let totals: KubeBenchReport.Summary
  package let notSeen: [NotSeen]

  /// - Parameter review: ours; nil where there is nothing to compare with.
  package init(_ report: KubeBenchReport, _ review: BenchmarkReview?) {
    let mine = Dictionary(
      (review?.results ?? []).map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
    rows = report.controls.flatMap(\.groups).flatMap(\.checks).map {
      Row(id: $0.id, title: $0.text, theirs: $0.state, ours: mine[$0.id])
    }
    totals = report.totals
    notSeen = review?.notSeen ?? []
  }

  package var hasContradictions: Bool { rows.contains(where: \.isContradiction) }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("totals")
    writer.object { writer in
      writer.field("pass", totals.pass)
      writer.field("fail", totals.fail)
      writer.field("warn", totals.warn)
      writer.field("info", totals.info)
    }
    writer.key("checks")
    writer.array(of: rows) { writer, row in
      writer.object { writer in
        writer.field("id", row.id)
        writer.field("title", row.title)
        writer.field("kubeBench", row.theirs.rawValue)
        writer.field("bartizan", row.ours?.verdict.status.name)
        writer.field("contradicts", row.isContradiction)
        writer.field("why", row.ours?.verdict.evidence.first?.text)
      }
      writer.drain(to: sink)
    }
  }

  package func text(_ terminal: Terminal) -> String {
    var text =
      "\(Phrase.count(rows.count, "check")) of kube-bench: \(totals.pass) pass, \(totals.fail) fail, \(totals.warn) warn, \(totals.info) info.\n"
    let different = rows.filter { row in
      row.isContradiction || row.theirs == .warn && row.ours?.verdict.status.name == "fail"
    }
    guard rows.contains(where: { $0.ours != nil }) else {
      return text + "Nothing to compare with: give records of nodes with --node, and objects with -f.\n"
    }
    text += TextTable(
      "Where we say otherwise", columns: ["check", "kube-bench", "bartizan", "why"],
      rows: different.map { row in
        [
          row.id, row.theirs.rawValue, row.ours?.verdict.status.name ?? "",
          row.ours?.verdict.evidence.first?.text ?? "",
        ]
      }
    ).text(terminal)
    return text
  }
}
