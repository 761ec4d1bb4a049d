package import Bytes
package import Images

/// The advisories that apply to a version of a package (`advisories query`).
package struct AdvisoryMatchesAnswer: KindOfAnswer {
  package static let kind = "AdvisoryMatches"

  private let answer: AdvisoryQuery.Answer

  package init(_ answer: AdvisoryQuery.Answer) { self.answer = answer }

  package var isEmpty: Bool { answer.matches.isEmpty }
  /// Whether there are advisories of which it cannot be told.
  package var hasUndecided: Bool { !answer.undecided.isEmpty }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("matches")
    writer.array(of: answer.matches) { writer, match in
      writer.object { writer in
        writer.field("id", match.advisory.id)
        writer.field("aliases", match.advisory.aliases)
        writer.field("summary", match.advisory.summary)
        writer.field("severity", match.advisory.severity)
        writer.field("fixed", match.fix)
        writer.field("fixes", match.fixes)
        writer.field("because", match.because)
      }
    }
    writer.field("undecided", answer.undecided.map(\.id))
  }

  /// Without a version there is no line to stay on: each is fixed somewhere.
  private func fix(_ match: AdvisoryQuery.Match) -> String {
    if let fix = match.fix { return fix }
    // What made it apply is told wherever a version was asked for.
    return match.because.isEmpty && !match.fixes.isEmpty ? match.fixes.joined(separator: ", ") : "none"
  }

  package func text(_ terminal: Terminal) -> String {
    let rows = answer.matches.map { match in
      [
        match.advisory.id, match.advisory.aliases.filter { $0.hasPrefix("CVE-") }.joined(separator: " "),
        fix(match), match.advisory.summary,
      ]
    }
    let table = TextTable(columns: ["advisory", "CVE", "fixed in", "what"], rows: rows)
    let undecided =
      answer.undecided.isEmpty
      ? ""
      : "; undecided, since the versions cannot be compared: \(answer.undecided.map(\.id).joined(separator: ", "))"
    return (rows.isEmpty ? "" : table.text(terminal)) + "\(Phrase.count(rows.count, "advisory"))\(undecided).\n"
  }
}
