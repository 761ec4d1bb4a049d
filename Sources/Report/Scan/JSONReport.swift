import Bytes
import Findings

/// The report as JSON, by `docs/schemas/scan-report.v1.json`.
enum JSONReport: ScanFormat {
  static let format = OutputFormat.json

  static func render(
    _ result: ScanResult, _ options: ReportOptions, _ terminal: Terminal, to sink: ([UInt8]) -> Void
  ) {
    var writer = JSONWriter(pretty: true)
    writer.object { writer in
      writer.field("apiVersion", "bartizan.dev/v1")
      writer.field("kind", "ScanReport")
      writer.key("tool")
      writer.object { writer in
        writer.field("name", "bartizan")
        writer.field("version", options.toolVersion)
      }
      writer.key("summary")
      summary(result, options, &writer)
      writer.key("findings")
      writer.array(of: result.findings) {
        finding($1, result.depth?.taken, &$0)
        $0.drain(to: sink)
      }
      writer.key("accepted")
      NotCounted.writeAccepted(result, &writer)
      writer.key("problems")
      writer.array(of: result.problems) { writer, problem in
        writer.object { writer in
          writer.field("code", problem.code.rawValue)
          writer.field("where", problem.location.text)
          writer.field("message", problem.message)
          writer.field("hidesInput", problem.hidesInput)
        }
      }
      writer.key("notEvaluated")
      writer.array(of: result.notEvaluated) { writer, item in
        writer.object { writer in
          writer.field("check", item.check?.rawValue)
          writer.key("subject")
          if let subject = item.subject { Self.subject(subject, &writer) } else { writer.null() }
          writer.field("reason", item.reason)
        }
      }
    }
    writer.endLine()
    writer.drain(to: sink, atLeast: 0)
  }

  private static func summary(_ result: ScanResult, _ options: ReportOptions, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("status", result.status.rawValue)
      writer.field("sources", options.sources)
      writer.field("objects", result.objects)
      writer.field("workloads", result.workloads)
      writer.field("namespaces", result.namespaces)
      writer.field("findings", result.findings.count)
      writer.key("bySeverity")
      writer.object { writer in
        for severity in Severity.allCases.reversed() { writer.field(severity.name, result.count(severity)) }
      }
      writer.key("notCounted")
      NotCounted.write(result, &writer)
      writer.field("filters", result.filters)
      writer.key("checks")
      writer.object { writer in
        writer.field("run", result.checks)
        writer.field("passed", result.tally.passed)
        writer.field("failed", result.tally.failed)
        writer.field("notApplicable", result.tally.notApplicable)
        writer.field("notEvaluated", result.tally.notEvaluated)
      }
      if let depth = result.depth {
        writer.key("depth")
        self.depth(depth, &writer)
      }
    }
  }

  static func subject(_ subject: Subject, _ writer: inout JSONWriter) {
    writer.object { writer in
      if let cluster = subject.cluster { writer.field("cluster", cluster) }
      writer.field("group", subject.group)
      writer.field("kind", subject.kind)
      writer.field("namespace", subject.namespace)
      writer.field("name", subject.name)
    }
  }

  private static func depth(_ depth: DepthSummary, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("omitted", depth.omission?.text)
      writer.field("whole", depth.isWhole)
      writer.key("targets")
      writer.array(of: depth.rows) { writer, row in
        writer.object { writer in
          writer.field("target", row.target)
          writer.field("from", row.start)
          writer.key("depth")
          if let possible = row.possible { writer.value(possible) } else { writer.null() }
          writer.key("certain")
          if let certain = row.certain { writer.value(certain) } else { writer.null() }
          writer.field("path", row.path)
        }
      }
    }
  }

  private static func finding(_ finding: Finding, _ taken: [Fingerprint: Int]?, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("id", finding.fingerprint.text)
      writer.field("check", finding.check.rawValue)
      writer.field("severity", finding.severity.name)
      writer.field("title", finding.title)
      writer.field("message", finding.message)
      writer.key("subject")
      subject(finding.subject, &writer)
      writer.key("location")
      writer.object { writer in
        writer.field("file", finding.location.file)
        writer.field("line", finding.location.line)
        writer.field("column", finding.location.column)
      }
      writer.key("evidence")
      writer.array(of: finding.evidence) { writer, evidence in
        writer.object { writer in
          writer.field("path", evidence.path)
          writer.field("value", evidence.value)
          writer.field("line", evidence.line)
        }
      }
      writer.field("remediation", finding.remediation)
      writer.field("controls", finding.controls.map(\.text))
      writer.key("references")
      writer.array(of: finding.references) { writer, reference in
        writer.object { writer in
          writer.field("title", reference.title)
          writer.field("url", reference.url)
        }
      }
      writer.field("fingerprint", finding.fingerprint.text)
      if let depth = taken?[finding.fingerprint] { writer.field("depthTaken", depth) }
      if let cause = finding.cause { writer.field("cause", cause) }
      if let why = finding.why { writer.field("why", why) }
      if let fix = finding.fix {
        writer.key("fix")
        writer.object { writer in
          writer.field("applied", fix.caution == nil ? "by --fix" : "only by --fix-risky")
          writer.field("caution", fix.caution)
          writer.field("edits", fix.edits.map(\.text))
        }
      }
    }
  }
}
