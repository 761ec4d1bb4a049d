import Bytes
import Findings

/// Findings that do not count, in words and numbers, for every format alike.
enum NotCounted {
  /// One clause for each cause that took out any: `52 accepted by exceptions`.
  static func clauses(_ result: ScanResult) -> [String] {
    SetAside.Cause.allCases.compactMap { cause in
      let count = result.count(cause)
      return count > 0 ? "\(count) \(words(cause, result.filters))" : nil
    }
  }

  /// `Not counted: 52 accepted by exceptions, 3 known from the baseline.`; nil where everything counts.
  static func text(_ result: ScanResult) -> String? {
    let clauses = clauses(result)
    return clauses.isEmpty ? nil : "Not counted: \(clauses.joined(separator: ", "))."
  }

  private static func words(_ cause: SetAside.Cause, _ filters: [String]) -> String {
    switch cause {
    case .exception: "accepted by exceptions"
    case .baseline: "known from the baseline"
    case .statement: "cleared by statements (VEX)"
    case .filter: "left out by \(Phrase.list(filters, shown: 4))"
    }
  }

  /// How many there are by cause, for programs.
  static func write(_ result: ScanResult, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("accepted", result.count(.exception))
      writer.field("known", result.count(.baseline))
      writer.field("cleared", result.count(.statement))
      writer.field("filtered", result.count(.filter))
    }
  }

  /// What somebody accepted, one by one.
  static func writeAccepted(_ result: ScanResult, _ writer: inout JSONWriter) {
    let accepted = result.setAside.filter { $0.cause == .exception }.sorted {
      Finding.isOrderedBefore($0.finding, $1.finding)
    }
    writer.array(of: accepted) { writer, item in
      writer.object { writer in
        writer.field("check", item.finding.check.rawValue)
        writer.field("severity", item.finding.severity.name)
        writer.key("subject")
        JSONReport.subject(item.finding.subject, &writer)
        writer.field("file", item.finding.location.file)
        writer.field("fingerprint", item.finding.fingerprint.text)
        writer.field("reason", item.reason)
      }
    }
  }
}
