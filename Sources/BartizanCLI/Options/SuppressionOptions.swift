import ArgumentParser
import Bytes
import Findings
import Operations

/// Findings that are known or accepted.
struct SuppressionOptions: ParsableArguments {
  @Option(
    help: "A report in JSON of an earlier run: its findings are known, and left out.", completion: .file())
  var baseline: String?

  @Option(
    help: "YAML with accepted findings: check, kind, namespace, name, reason, expires. Repeatable.",
    completion: .file())
  var exceptions: [String] = []

  func suppressions() throws(BartizanError) -> Suppressions {
    try Suppressions(exceptions: exceptions, baseline: baseline)
  }

  /// Tells on standard error how many findings were left out.
  func tell(_ tally: Suppressions.Tally) {
    if tally.byExceptions > 0 {
      StandardError.line("\(Phrase.count(tally.byExceptions, "finding")) suppressed by exceptions")
    }
    if let baseline {
      StandardError.line("\(Phrase.count(tally.byBaseline, "known finding")) of \(baseline) left out")
    }
  }
}
