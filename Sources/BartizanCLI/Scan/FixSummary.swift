import Bytes
import Findings
import Operations

/// What was fixed and what was not, for standard error.
enum FixSummary {
  static func lines(_ run: FixRun, written: Bool) -> [String] {
    var lines = run.refused.map { "not edited: \($0.text)" }
    lines.append(
      "\(Phrase.count(run.fixed.count, "finding")) \(written ? "fixed" : "can be fixed") in \(Phrase.count(run.files.count, "file"))"
    )
    if run.offered > 0 {
      lines.append(
        "\(Phrase.count(run.offered, "fix")) left out, since \(Phrase.noun(run.offered, "it", "they")) may break something; see --verbose and --fix-risky"
      )
    }
    if run.elsewhere > 0 {
      lines.append("\(Phrase.count(run.elsewhere, "fix")) left out: not in a file that can be edited")
    }
    return lines
  }
}
