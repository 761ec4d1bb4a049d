import Findings

/// JUnit XML for CI servers: one suite per object with findings, one failed case per finding.
enum JUnitReport: ScanFormat {
  static let format = OutputFormat.junit

  static func render(
    _ result: ScanResult, _ options: ReportOptions, _ terminal: Terminal, to sink: ([UInt8]) -> Void
  ) { sink(Array(text(result, options).utf8)) }

  private static func text(_ result: ScanResult, _ options: ReportOptions) -> String {
    let groups = Grouping.bySubject(result.findings)
    let errors = result.problems.filter(\.hidesInput)
    let refusals = Refusals.of(result)
    let unanswered = Unanswered.of(result)
    let left = NotCounted.clauses(result)
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    guard !result.findings.isEmpty || !errors.isEmpty || !refusals.isEmpty || !unanswered.isEmpty || !left.isEmpty
    else {
      // A report without a single case fails Jenkins, which takes it for a run that did not happen.
      return text + """
        <testsuites name="bartizan" tests="1" failures="0" errors="0">
          <testsuite name="scan" tests="1" failures="0" errors="0">
            <testcase name="no findings" classname="scan"/>
          </testsuite>
        </testsuites>

        """
    }
    text +=
      "<testsuites name=\"bartizan\" tests=\"\(result.findings.count + errors.count + refusals.count + unanswered.count + left.count)\" failures=\"\(result.findings.count)\" errors=\"\(errors.count + refusals.count)\">\n"
    let repeated = Set(Dictionary(grouping: groups, by: \.subject).filter { $1.count > 1 }.keys)
    for (subject, findings) in groups {
      // The same name in two files is two suites.
      let name =
        subject.text + (repeated.contains(subject) ? " (\(findings.first?.location.file ?? ""))" : "")
      text +=
        "  <testsuite name=\"\(XML.escaped(name))\" tests=\"\(findings.count)\" failures=\"\(findings.count)\" errors=\"0\">\n"
      for finding in findings {
        // What lies in no text has no line, and the first one is 1.
        let line = finding.location.line > 0 ? " line=\"\(finding.location.line)\"" : ""
        text +=
          "    <testcase name=\"\(XML.escaped(finding.check.rawValue))\" classname=\"\(XML.escaped(name))\" file=\"\(XML.escaped(finding.location.file))\"\(line)>\n"
        text +=
          "      <failure type=\"\(finding.severity.name)\" message=\"\(XML.escaped(finding.title + ": " + finding.message))\">"
        text += XML.escaped(
          "\(finding.location.text)\n" + finding.evidence.map { "\($0.path) = \($0.value ?? "(not set)")\n" }.joined()
            + finding.remediation)
        text += "</failure>\n    </testcase>\n"
      }
      text += "  </testsuite>\n"
    }
    if !errors.isEmpty {
      text += "  <testsuite name=\"input\" tests=\"\(errors.count)\" failures=\"0\" errors=\"\(errors.count)\">\n"
      for problem in errors {
        text += "    <testcase name=\"\(XML.escaped(problem.location.text))\" classname=\"input\">\n"
        text +=
          "      <error type=\"\(XML.escaped(problem.code.rawValue))\" message=\"\(XML.escaped(problem.message))\"/>\n    </testcase>\n"
      }
      text += "  </testsuite>\n"
    }
    if !refusals.isEmpty {
      text +=
        "  <testsuite name=\"not seen\" tests=\"\(refusals.count)\" failures=\"0\" errors=\"\(refusals.count)\">\n"
      for gap in refusals {
        text +=
          "    <testcase name=\"\(XML.escaped(gap.check?.rawValue ?? "every check"))\" classname=\"not seen\">\n"
        text +=
          "      <error type=\"not-evaluated\" message=\"\(XML.escaped(gap.reason))\"/>\n    </testcase>\n"
      }
      text += "  </testsuite>\n"
    }
    if !unanswered.isEmpty {
      text +=
        "  <testsuite name=\"not evaluated\" tests=\"\(unanswered.count)\" failures=\"0\" errors=\"0\" skipped=\"\(unanswered.count)\">\n"
      for gap in unanswered {
        text +=
          "    <testcase name=\"\(XML.escaped(gap.checks.joined(separator: ", ")))\" classname=\"not evaluated\">\n"
        text += "      <skipped message=\"\(XML.escaped(gap.text))\"/>\n    </testcase>\n"
      }
      text += "  </testsuite>\n"
    }
    if !left.isEmpty {
      text +=
        "  <testsuite name=\"not counted\" tests=\"\(left.count)\" failures=\"0\" errors=\"0\" skipped=\"\(left.count)\">\n"
      for clause in left {
        text += "    <testcase name=\"\(XML.escaped(clause))\" classname=\"not counted\">\n"
        text += "      <skipped message=\"\(XML.escaped(clause))\"/>\n    </testcase>\n"
      }
      text += "  </testsuite>\n"
    }
    return text + "</testsuites>\n"
  }
}
