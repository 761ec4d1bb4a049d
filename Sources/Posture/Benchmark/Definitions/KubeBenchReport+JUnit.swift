import Bytes

extension KubeBenchReport {
  /// As `kube-bench --junit` prints it, without the newline at the end.
  package var junit: String {
    "<testsuites>\n" + controls.map(\.junit).joined() + "\n</testsuites>"
  }
}

extension KubeBenchReport.Controls {
  /// One suite. WARN and INFO are skipped tests.
  package var junit: String {
    var text =
      "<testsuite name=\"\(escaped(self.text))\" tests=\"\(summary.total)\" failures=\"\(summary.fail)\" errors=\"0\" time=\"0\">\n"
    for group in groups {
      for check in group.checks {
        text +=
          "    <testcase name=\"\(escaped(check.id + " " + check.text))\" classname=\"\(escaped(group.text))\" time=\"0\">\n"
        switch check.state {
        case .fail: text += "        <failure type=\"\">\(escaped(check.remediation))</failure>\n"
        case .warn, .info: text += "        <skipped></skipped>\n"
        case .pass: break
        }
        text += "        <system-out>\(escaped(JSONWriter.compact(check.node)))</system-out>\n    </testcase>\n"
      }
    }
    return text + "</testsuite>"
  }

  /// As Go's `encoding/xml` writes text.
  private func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "&#34;"
      case "'": result += "&#39;"
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\t": result += "&#x9;"
      case "\n": result += "&#xA;"
      case "\r": result += "&#xD;"
      default:
        let isAllowed =
          scalar.value >= 0x20 && scalar.value <= 0xD7FF || scalar.value >= 0xE000 && scalar.value <= 0xFFFD
          || scalar.value >= 0x10000
        result.unicodeScalars.append(isAllowed ? scalar : "\u{FFFD}")
      }
    }
    return result
  }
}
