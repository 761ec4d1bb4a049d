import Bytes
import Findings

/// The report for a terminal: what to do first, then all findings by object, worst first, and at the end the totals and
/// first steps again, where the reader's eye is when the scan ends.
enum TableReport: ScanFormat {
  static let format = OutputFormat.table

  static func render(
    _ result: ScanResult, _ options: ReportOptions, _ terminal: Terminal, to sink: ([UInt8]) -> Void
  ) { sink(Array(text(result, options, terminal).utf8)) }

  private static func text(_ result: ScanResult, _ options: ReportOptions, _ terminal: Terminal) -> String {
    let steps = FirstSteps.of(result)
    let groups = Grouping.bySubject(result.findings)
    var text = depth(result, terminal) + first(steps, terminal)
    if !steps.isEmpty { text += terminal.bold("EVERYTHING, BY OBJECT") + "\n\n" }
    for (subject, findings) in groups { text += group(subject, findings, terminal, options) + "\n" }
    text += unseen(result, terminal)
    text += summary(result, terminal, options)
    // The beginning of a short report is still on the screen.
    if groups.count > 3 { text += recap(steps, terminal) }
    return text
  }

  private static let badgeWidth = 10

  private static func badge(_ severity: Severity, _ terminal: Terminal) -> String {
    "  " + terminal.severity(severity, Terminal.padded(severity.name.uppercased(), 8)) + "  "
  }

  private static func group(
    _ subject: Subject, _ findings: [Finding], _ terminal: Terminal, _ options: ReportOptions
  ) -> String {
    let file = findings.first.map { Terminal.printable($0.location.file) } ?? ""
    let name = Terminal.printable(subject.text)
    var text = terminal.bold(terminal.wrapped(name, indent: 0))
    let room = terminal.columns.map { $0 - Terminal.columns(name) - 2 } ?? .max
    if room > 12 { text += "  " + terminal.dim(Terminal.shortened(file, room)) }
    text += "\n"
    for entry in Grouping.byCause(options.verbose ? findings : findings.filter { $0.severity >= .medium }) {
      guard let finding = entry.first else { continue }
      let line = finding.location.line > 0 ? "line \(finding.location.line)" : ""
      text += badge(finding.severity, terminal)
      // At the right edge, where there is one.
      let room = terminal.columns.map { $0 - badgeWidth - 2 - line.count - 1 } ?? 0
      let title = line.isEmpty ? finding.title : Terminal.padded(finding.title, max(room, finding.title.count + 1))
      text += terminal.bold(title) + (line.isEmpty ? "" : " " + terminal.dim(line)) + "\n"
      if options.verbose {
        text += terminal.dim(terminal.wrapped(finding.check.rawValue, indent: badgeWidth + 2)) + "\n"
      }
      text += terminal.wrapped(finding.message, indent: badgeWidth + 2) + "\n"
      if let why = finding.why {
        text += terminal.wrapped("raised: \(why)", indent: badgeWidth + 2) + "\n"
      }
      if entry.count > 1 {
        let others = entry.dropFirst().map {
          "\($0.severity.name): \($0.title)" + (options.verbose ? " (\($0.check.rawValue))" : "")
        }
        text +=
          terminal.wrapped(
            "the same \(others.count > 1 ? "\(others.count) times more" : "once more"), \(others.joined(separator: "; "))",
            indent: badgeWidth + 2) + "\n"
      }
      guard options.verbose else { continue }
      for finding in entry { text += details(finding, terminal) }
    }
    let rest = findings.filter { $0.severity < .medium }
    if !options.verbose, !rest.isEmpty {
      let worst = rest.map(\.severity).max() ?? .low
      text += badge(worst, terminal)
      text +=
        terminal.wrapped(rest.map(\.title).joined(separator: "; "), indent: badgeWidth + 2)
        .drop { $0 == " " } + "\n"
    }
    return text
  }

  private static func details(_ finding: Finding, _ terminal: Terminal) -> String {
    var text = ""
    for evidence in finding.evidence {
      text +=
        terminal.dim(
          terminal.wrapped(
            "\(evidence.path)\(evidence.value.map { " = " + $0 } ?? " is not set")\(evidence.line > 0 ? ", line \(evidence.line)" : "")",
            indent: badgeWidth + 4)) + "\n"
    }
    text += terminal.wrapped("→ " + finding.remediation, indent: badgeWidth + 2) + "\n"
    if let fix = finding.fix {
      let edits = fix.edits.map(\.text).joined(separator: "; ")
      let how = fix.caution.map { "--fix-risky would \(edits), but \($0)" } ?? "--fix would \(edits)"
      text += terminal.wrapped(how, indent: badgeWidth + 2) + "\n"
    }
    return text
  }

  /// How many controls stand before what matters, where something leads there.
  private static func depth(_ result: ScanResult, _ terminal: Terminal) -> String {
    guard let depth = result.depth else { return "" }
    if let gap = depth.gap { return terminal.wrapped(Terminal.printable(gap) + ".", indent: 0) + "\n\n" }
    guard !depth.reached.isEmpty else { return "" }
    var text = terminal.bold("DEPTH: CONTROLS THAT HAVE TO FAIL, FROM THE INTERNET") + "\n"
    for row in depth.rows {
      let number = row.text(isWhole: depth.isWhole)
      let name = Terminal.printable(row.target)
      text += "  " + Terminal.padded(number, 12) + "  " + name + "\n"
      if !row.path.isEmpty { text += terminal.wrapped(Terminal.printable(row.path), indent: 16) + "\n" }
    }
    return text + "  `bartizan depth explain TARGET` shows each step with its proof.\n\n"
  }

  private static func first(_ steps: [FirstSteps.Step], _ terminal: Terminal) -> String {
    guard !steps.isEmpty else { return "" }
    var text = terminal.bold("WHAT TO DO FIRST") + "\n"
    for (index, step) in steps.enumerated() {
      let title = terminal.wrapped("\(index + 1). \(step.title)", indent: badgeWidth + 2).drop { $0 == " " }
      text += badge(step.severity, terminal) + terminal.bold(String(title))
      text += "\n" + terminal.wrapped(step.what, indent: badgeWidth + 2) + "\n"
      if let depth = step.depth { text += terminal.wrapped(DepthText.gain(depth), indent: badgeWidth + 2) + "\n" }
      if let why = step.why { text += terminal.wrapped("within reach: \(why)", indent: badgeWidth + 2) + "\n" }
      text += terminal.wrapped("→ " + step.remediation, indent: badgeWidth + 2) + "\n"
    }
    return text + "\n"
  }

  private static func recap(_ steps: [FirstSteps.Step], _ terminal: Terminal) -> String {
    guard !steps.isEmpty else { return "" }
    var text = terminal.bold("First:") + "\n"
    for (index, step) in steps.enumerated() {
      let line = "\(index + 1). \(step.title): \(Terminal.printable(step.what))"
      text += "  " + (terminal.columns.map { Terminal.clipped(line, $0 - 2) } ?? line) + "\n"
    }
    return text
  }

  private static func unseen(_ result: ScanResult, _ terminal: Terminal) -> String {
    let problems = result.problems.filter(\.hidesInput)
    let answers = Unanswered.of(result)
    let refusals = Refusals.of(result)
    guard !problems.isEmpty || !answers.isEmpty || !refusals.isEmpty else { return "" }
    var text = terminal.bold("NOT SEEN") + "\n"
    for problem in problems.prefix(10) { text += terminal.wrapped(problem.text, indent: 2) + "\n" }
    if problems.count > 10 { text += "  and \(problems.count - 10) more; --format json lists them\n" }
    for item in refusals { text += terminal.wrapped(item.reason, indent: 2) + "\n" }
    for item in answers { text += terminal.wrapped(item.text, indent: 2) + "\n" }
    return text + "\n"
  }

  private static func summary(_ result: ScanResult, _ terminal: Terminal, _ options: ReportOptions) -> String {
    var text = ""
    let subjects = Grouping.places(of: result.findings)
    if result.findings.isEmpty {
      text += terminal.bold(
        result.status == .complete
          ? (result.setAside.isEmpty ? "No findings." : "No findings that count.")
          : "No findings in what could be seen; the scan is \(result.status.rawValue).")
    } else {
      let counts = Severity.allCases.reversed().filter { result.count($0) > 0 }
        .map { terminal.severity($0, "\(result.count($0)) \($0.name)") }
      text += terminal.bold(
        "\(Phrase.count(result.findings.count, "finding")) in \(Phrase.count(subjects, "object")): "
      )
      text += counts.joined(separator: ", ")
    }
    let seen =
      "Scanned \(Phrase.count(result.objects, "object")) (\(Phrase.count(result.workloads, "workload")), \(Phrase.count(result.namespaces, "namespace"))) with \(Phrase.count(result.checks, "check"))"
    let state = result.status == .complete ? "." : "; \(result.status.rawValue), see NOT SEEN."
    text += "\n" + terminal.dim(terminal.wrapped(seen + state, indent: 0))
    if let left = NotCounted.text(result) { text += "\n" + terminal.wrapped(Terminal.printable(left), indent: 0) }
    for remark in result.problems where remark.isUnvalidated {
      text +=
        "\n"
        + terminal.dim(
          terminal.wrapped(remark.message.prefix(1).uppercased() + remark.message.dropFirst() + ".", indent: 0))
    }
    let hint = options.verbose ? "" : "Details: --verbose, `bartizan checks explain ID`, --format html."
    if !result.findings.isEmpty, !hint.isEmpty { text += "\n" + terminal.dim(terminal.wrapped(hint, indent: 0)) }
    return text + "\n"
  }
}
