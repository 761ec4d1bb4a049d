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
    /// Nil where we have no verdict on it, or none on the same.
    let ours: BenchmarkReview.Result?
    /// Why it is not compared, where we have verdicts; nil where it is.
    let gap: String?

    /// Whether one passes what the other fails.
    var isContradiction: Bool {
      guard let ours else { return false }
      return theirs == .pass && ours.verdict.status == .fail || theirs == .fail && ours.verdict.status == .pass
    }
  }

  private let rows: [Row]
  private let totals: KubeBenchReport.Summary
  package let notSeen: [NotSeen]

  /// - Parameters:
  ///   - review: ours; nil where there is nothing to compare with.
  ///   - isOfOurEdition: whether the user says that a report that does not tell is of the same edition.
  package init(_ report: KubeBenchReport, _ review: BenchmarkReview?, isOfOurEdition: Bool = false) {
    let mine = Dictionary(
      (review?.results ?? []).map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
    let edition = review.map { "cis-" + $0.edition.rawValue }
    rows = report.controls.flatMap { controls in
      controls.groups.flatMap(\.checks).map { check in
        let own = mine[check.id]
        let gap: String? =
          if review == nil {
            nil
          } else if !controls.version.isEmpty, controls.version != edition {
            "it is of \(controls.version), where the number means another check"
          } else if own == nil {
            "we have no check \(check.id)"
          } else if controls.version.isEmpty, !isOfOurEdition, let own, !Self.isSame(check.text, own) {
            "the report does not say of which edition it is; --benchmark does"
          } else {
            nil
          }
        return Row(id: check.id, title: check.text, theirs: check.state, ours: gap == nil ? own : nil, gap: gap)
      }
    }
    totals = report.totals
    notSeen = review?.notSeen ?? []
  }

  package var hasContradictions: Bool { rows.contains(where: \.isContradiction) }

  /// Whether a check that kube-bench judged was not compared with ours.
  package var hasGaps: Bool { rows.contains { $0.gap != nil && ($0.theirs == .pass || $0.theirs == .fail) } }

  /// Whether a title speaks of the flags that a check of ours is about: numbers alone mean something else in each edition.
  private static func isSame(_ title: String, _ own: BenchmarkReview.Result) -> Bool {
    func flags(_ text: String) -> Set<Substring> {
      Set(
        text.split { !($0.isLetter || $0.isNumber || $0 == "-") }.filter { $0.hasPrefix("--") && $0.count > 4 })
    }
    let theirs = flags(title)
    return !theirs.isEmpty && theirs.isSubset(of: flags(own.title + " " + own.expected))
  }

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
        if let gap = row.gap { writer.field("notCompared", gap) }
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
    guard rows.contains(where: { $0.ours != nil || $0.gap != nil }) else {
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
    let gaps = Dictionary(grouping: rows.filter { $0.gap != nil }, by: { $0.gap ?? "" })
    for (gap, own) in gaps.sorted(by: { $0.key < $1.key }) {
      text += terminal.wrapped("Not compared, since \(gap): \(own.map(\.id).joined(separator: ", "))", indent: 0) + "\n"
    }
    return text
  }
}
