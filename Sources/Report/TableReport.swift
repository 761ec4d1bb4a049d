import Findings

/// The report for a person at a terminal: by workload, worst first; what to do and the sum at the end, where the eye is
/// when the scan is over.
enum TableReport {
  static func render(_ result: ScanResult, _ options: ReportOptions) -> String {
    let terminal = Terminal(width: options.width, colour: options.colour)
    var text = ""
    for (subject, findings) in Grouping.bySubject(result.findings) {
      text += group(subject, findings, terminal, options) + "\n"
    }
    text += advice(result, terminal)
    text += unseen(result, terminal)
    text += summary(result, terminal, options)
    return text
  }

  private static let badgeWidth = 10

  private static func group(
    _ subject: Subject, _ findings: [Finding], _ terminal: Terminal, _ options: ReportOptions
  ) -> String {
    let file = findings.first.map { Terminal.printable($0.location.file) } ?? ""
    let name = Terminal.printable(subject.text)
    let room = terminal.width - Terminal.columns(name) - 2
    var text = terminal.bold(terminal.wrapped(name, indent: 0))
    if room > 12 { text += "  " + terminal.dim(Terminal.shortened(file, room)) }
    text += "\n"
    let shown = options.verbose ? findings : findings.filter { $0.severity >= .medium }
    for finding in shown {
      let badge = Terminal.padded(finding.severity.name.uppercased(), 8)
      let line = finding.location.line > 0 ? "line \(finding.location.line)" : ""
      text += "  " + terminal.severity(finding.severity, badge) + "  "
      let title = Terminal.padded(finding.title, terminal.width - badgeWidth - 2 - line.count - 1)
      text += terminal.bold(title) + " " + terminal.dim(line) + "\n"
      text += terminal.wrapped(finding.message, indent: badgeWidth + 2) + "\n"
      if options.verbose {
        for evidence in finding.evidence {
          text +=
            terminal.dim(
              terminal.wrapped(
                "\(evidence.path)\(evidence.value.map { " = " + $0 } ?? " is not set")\(evidence.line > 0 ? ", line \(evidence.line)" : "")",
                indent: badgeWidth + 4)) + "\n"
        }
        text += terminal.wrapped("→ " + finding.remediation, indent: badgeWidth + 2) + "\n"
      }
    }
    let rest = findings.filter { $0.severity < .medium }
    if !options.verbose, !rest.isEmpty {
      let worst = rest.map(\.severity).max() ?? .low
      text += "  " + terminal.severity(worst, Terminal.padded(worst.name.uppercased(), 8)) + "  "
      text +=
        terminal.wrapped(rest.map(\.title).joined(separator: "; "), indent: badgeWidth + 2)
        .drop { $0 == " " } + "\n"
    }
    return text
  }

  /// For each check that failed with severity medium or worse, what to change, the one that removes most harm first.
  private static func advice(_ result: ScanResult, _ terminal: Terminal) -> String {
    let worth = result.findings.filter { $0.severity >= .medium }
    guard !worth.isEmpty else { return "" }
    let groups = Dictionary(grouping: worth, by: \.check).map { ($0.key, $0.value) }.sorted { a, b in
      let left = a.1.map(\.severity).max() ?? .info
      let right = b.1.map(\.severity).max() ?? .info
      if left != right { return left > right }
      return a.1.count != b.1.count ? a.1.count > b.1.count : a.0.rawValue < b.0.rawValue
    }
    var text = terminal.bold("WHAT TO DO") + "\n"
    for (check, findings) in groups.prefix(8) {
      guard let first = findings.first else { continue }
      let places = findings.count == 1 ? first.subject.text : "\(findings.count) objects"
      let severity = findings.map(\.severity).max() ?? .info
      text += "  " + terminal.severity(severity, Terminal.padded(severity.name.uppercased(), 8)) + "  "
      let place = "(\(Terminal.printable(places)); \(check.rawValue))"
      text += terminal.bold(first.title)
      if badgeWidth + 2 + first.title.count + 1 + place.count <= terminal.width {
        text += " " + terminal.dim(place) + "\n"
      } else {
        text += "\n" + terminal.dim(terminal.wrapped(place, indent: badgeWidth + 2)) + "\n"
      }
      text += terminal.wrapped(first.remediation, indent: badgeWidth + 2) + "\n"
    }
    if groups.count > 8 { text += "  and \(groups.count - 8) more kinds of finding\n" }
    return text + "\n"
  }

  private static func unseen(_ result: ScanResult, _ terminal: Terminal) -> String {
    let problems = result.problems.filter(\.hidesInput)
    let answers = result.notEvaluated.filter { $0.check != nil }
    guard !problems.isEmpty || !answers.isEmpty else { return "" }
    var text = terminal.bold("NOT SEEN") + "\n"
    for problem in problems.prefix(10) { text += terminal.wrapped(problem.text, indent: 2) + "\n" }
    if problems.count > 10 { text += "  and \(problems.count - 10) more; --format json lists them\n" }
    let byCheck = Dictionary(grouping: answers) { $0.check?.rawValue ?? "" }.sorted { $0.key < $1.key }
    for (check, items) in byCheck {
      let reason = items.first?.reason ?? ""
      text +=
        terminal.wrapped(
          "\(check) could not be answered for \(items.count) object\(items.count == 1 ? "" : "s"): \(reason)", indent: 2
        ) + "\n"
    }
    return text + "\n"
  }

  private static func summary(_ result: ScanResult, _ terminal: Terminal, _ options: ReportOptions) -> String {
    var text = ""
    let subjects = Set(result.findings.map(\.subject)).count
    if result.findings.isEmpty {
      text += terminal.bold(
        result.status == .complete
          ? "No findings." : "No findings in what could be seen; the scan is \(result.status.rawValue).")
    } else {
      let counts = Severity.allCases.reversed().filter { result.count($0) > 0 }
        .map { terminal.severity($0, "\(result.count($0)) \($0.name)") }
      text += terminal.bold(
        "\(result.findings.count) finding\(result.findings.count == 1 ? "" : "s") in \(subjects) object\(subjects == 1 ? "" : "s"): "
      )
      text += counts.joined(separator: ", ")
    }
    let seen =
      "Scanned \(result.objects) objects (\(result.workloads) workloads, \(result.namespaces) namespaces) with \(result.checks) checks"
    let state = result.status == .complete ? "." : "; \(result.status.rawValue), see NOT SEEN."
    text += "\n" + terminal.dim(terminal.wrapped(seen + state, indent: 0))
    let hint = options.verbose ? "" : "Details: --verbose, `bartizan checks explain ID`, --format html."
    if !result.findings.isEmpty, !hint.isEmpty { text += "\n" + terminal.dim(terminal.wrapped(hint, indent: 0)) }
    return text + "\n"
  }
}
