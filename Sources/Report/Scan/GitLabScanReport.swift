import Bytes
import Findings

/// GitLab's report on manifests, which it takes as static analysis (`artifacts: reports: sast`).
///
/// Source: GitLab security report schemas 15.0, `sast-report-format.json`.
enum GitLabScanReport: ScanFormat {
  static let format = OutputFormat.gitlab

  static func render(
    _ result: ScanResult, _ options: ReportOptions, _ terminal: Terminal, to sink: ([UInt8]) -> Void
  ) {
    var writer = JSONWriter(pretty: true)
    GitLab.report(
      "sast", status: result.status != .failed, messages: GitLab.messages(result), version: options.toolVersion,
      time: options.time, &writer
    ) { writer in
      writer.array(of: result.findings) { writer, finding in
        self.finding(finding, &writer)
        writer.drain(to: sink)
      }
    }
    writer.endLine()
    writer.drain(to: sink, atLeast: 0)
  }

  private static func finding(_ finding: Finding, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("id", finding.fingerprint.text)
      writer.field("name", finding.title)
      writer.field("description", "\(finding.subject.text): \(finding.message)")
      writer.field("severity", finding.severity.name.prefix(1).uppercased() + finding.severity.name.dropFirst())
      writer.field("solution", finding.remediation)
      writer.key("location")
      writer.object { writer in
        writer.field("file", finding.location.file)
        if finding.location.line > 0 { writer.field("start_line", finding.location.line) }
      }
      writer.key("identifiers")
      writer.array { writer in
        writer.object { writer in
          writer.field("type", "bartizan")
          writer.field("name", finding.check.rawValue)
          writer.field("value", finding.check.rawValue)
        }
      }
      writer.key("links")
      writer.array(of: finding.references) { writer, link in
        writer.object { writer in
          writer.field("name", link.title)
          writer.field("url", link.url)
        }
      }
    }
  }
}

/// What GitLab's security reports have in common.
enum GitLab {
  /// A line beside the result.
  struct Message {
    /// A word of the schema: `warn` for what was not seen, `info` for what was left out.
    let level: String
    let text: String
  }

  /// What the report does not rest on, and what does not count.
  static func messages(_ result: ScanResult) -> [Message] {
    Unseen.lines(result).map { Message(level: "warn", text: $0) }
      + [NotCounted.text(result)].compactMap { $0 }.map { Message(level: "info", text: $0) }
  }

  /// One report.
  ///
  /// - Parameters:
  ///   - kind: of scan, as the schemas call it.
  ///   - status: whether the scan came to an end.
  ///   - messages: what GitLab shows beside the result.
  ///   - time: of its end, RFC 3339 in UTC.
  ///   - vulnerabilities: writes them as an array.
  static func report(
    _ kind: String, status: Bool, messages: [Message], version: String, time: String, _ writer: inout JSONWriter,
    _ vulnerabilities: (inout JSONWriter) -> Void
  ) {
    func tool(_ writer: inout JSONWriter) {
      writer.object { writer in
        writer.field("id", "bartizan")
        writer.field("name", "Bartizan")
        writer.field("version", version)
        writer.key("vendor")
        writer.object { $0.field("name", "Bartizan") }
      }
    }
    // Their times have no zone.
    let moment = String(time.prefix(19))
    writer.object { writer in
      writer.field("version", "15.0.7")
      writer.key("scan")
      writer.object { writer in
        writer.key("analyzer")
        tool(&writer)
        writer.key("scanner")
        tool(&writer)
        writer.field("type", kind)
        if !messages.isEmpty {
          writer.key("messages")
          writer.array(of: messages) { writer, message in
            writer.object { writer in
              writer.field("level", message.level)
              writer.field("value", message.text)
            }
          }
        }
        writer.field("status", status ? "success" : "failure")
        writer.field("start_time", moment)
        writer.field("end_time", moment)
      }
      writer.key("vulnerabilities")
      vulnerabilities(&writer)
      writer.key("remediations")
      writer.array(of: [String]()) { $0.value($1) }
    }
  }
}
