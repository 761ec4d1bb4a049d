package import Bytes
package import Findings
package import Images

/// The vulnerabilities of an image, and how to fix them (`image scan`).
package struct ImageScanReport: KindOfAnswer {
  package static let kind = "ImageReport"
  package static let formats: [OutputFormat] = [
    .table, .json, .sarif, .junit, .csv, .markdown, .github, .gitlab, .cyclonedx, .openvex,
  ]

  let image: ReportedImage
  let report: ImageReport
  /// The findings that count, the most urgent first.
  let findings: [ImageFinding]
  let suppressed: [SuppressedFinding]
  private let unapplied: [UnappliedStatement]
  private let otherReports: [OtherReport]
  /// Findings that exceptions accept or the baseline knows: the image has them all the same.
  let accepted: [ImageFinding]
  /// The same findings and the remarks on the image, in the form of every scan.
  let result: ScanResult
  let advice: ImageAdvice
  private let toolVersion: String
  private let time: String
  let showsAll: Bool

  /// - Parameters:
  ///   - findings: those of the report that count.
  ///   - suppressed: those that VEX statements suppress.
  ///   - accepted: those that exceptions accept or the baseline knows.
  ///   - unapplied: statements that suppress nothing, though they say that they do.
  ///   - otherReports: reports that were given along and are about something else.
  ///   - result: the same findings, those of the image as a whole, and those about exceptions.
  ///   - time: of the report, RFC 3339 in UTC.
  ///   - showsAll: whether the table shows every finding instead of the most urgent ones.
  package init(
    _ image: ReportedImage, _ report: ImageReport, findings: [ImageFinding], suppressed: [SuppressedFinding],
    accepted: [ImageFinding] = [], unapplied: [UnappliedStatement] = [], otherReports: [OtherReport] = [],
    result: ScanResult, toolVersion: String, time: String, showsAll: Bool = false
  ) {
    self.image = image
    self.report = report
    self.findings = findings
    self.suppressed = suppressed
    self.unapplied = unapplied
    self.otherReports = otherReports
    self.accepted = accepted
    self.result = result
    self.toolVersion = toolVersion
    self.time = time
    self.showsAll = showsAll
    advice = ImageAdvice(findings, layers: image.layers)
  }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .gitlab:
      sink(
        GitLabContainerReport.render(
          [(findings, image.source, image.systemText)], result, isJudged: !report.judgesNothing,
          toolVersion: toolVersion, time: time))
    case .cyclonedx:
      sink(
        CycloneDXVEXReport.render(
          findings + accepted, suppressed, result, image: image.source, time: time, toolVersion: toolVersion))
    case .openvex:
      sink(
        OpenVEXReport.render(
          findings + accepted, suppressed, image: image.purl ?? image.source, time: time, toolVersion: toolVersion))
    case .table: sink(Array(text(terminal).utf8))
    default: general.render(format, terminal, to: sink)
    }
  }

  /// The report in the formats of every scan, with one rule per advisory.
  private var general: ScanReport {
    ScanReport(
      result, ReportOptions(sources: [image.source], toolVersion: toolVersion, rules: rules, time: time))
  }

  /// A rule for each advisory, by their ids.
  var rules: [RuleMetadata] {
    var rules: [CheckID: RuleMetadata] = [:]
    for finding in result.findings {
      rules[finding.check] = RuleMetadata(
        id: finding.check, title: finding.title, severity: finding.severity, rationale: finding.message,
        remediation: finding.remediation,
        references: finding.references.isEmpty
          ? [Reference("OSV", "https://osv.dev/vulnerability/\(finding.check.rawValue)")] : finding.references)
    }
    return rules.values.sorted { $0.id.rawValue < $1.id.rawValue }
  }

  package func text(_ terminal: Terminal) -> String { ImageTableReport.text(self, terminal) }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("source", image.source)
    image.writeNames(&writer)
    writer.field("created", image.configuration?.created)
    writer.field("system", image.system?.title)
    writer.field("endOfLife", image.system.flatMap { EndOfLife.day($0) })
    writer.field("status", result.status.rawValue)
    writer.field("packages", report.packages.count)
    writer.field("judged", report.judged)
    writer.field("ownedByDistribution", report.packages.count { $0.owner != nil })
    writer.key("findings")
    writer.array(of: findings) { writer, finding in
      write(finding, &writer)
      writer.drain(to: sink)
    }
    writeAdvice(&writer)
    writer.key("cleared")
    writer.array(of: suppressed) { writer, item in
      writer.object { writer in
        writer.field("id", item.finding.advisory.id)
        writer.field("vulnerability", item.finding.vulnerability)
        writer.field("package", item.finding.package.name)
        writer.field("version", item.finding.package.version)
        writer.field("status", item.status)
        writer.field("justification", item.justification)
        writer.field("by", item.file)
        writer.field("fingerprint", item.finding.finding(image: image.source).fingerprint.text)
      }
    }
    writer.key("accepted")
    NotCounted.writeAccepted(result, &writer)
    writer.key("notCounted")
    NotCounted.write(result, &writer)
    writer.field("filters", result.filters)
    writer.key("exceptions")
    writer.array(of: result.findings.filter(\.subject.isException)) { writer, finding in
      writer.object { writer in
        writer.field("check", finding.check.rawValue)
        writer.field("severity", finding.severity.name)
        writer.field("where", finding.location.text)
        writer.field("message", finding.message)
      }
    }
    writer.key("notApplied")
    writer.array(of: unapplied) { writer, item in item.write(&writer) }
    writer.key("otherReports")
    writer.array(of: otherReports) { writer, item in item.write(&writer) }
    writer.key("notCovered")
    writer.object { writer in
      for (name, count) in report.uncovered.sorted(by: { $0.key < $1.key }) { writer.field(name, count) }
    }
    writer.field("undecided", report.undecided)
    writer.key("unresolved")
    writer.array(of: report.unresolved) { writer, item in
      item.write(&writer)
      writer.drain(to: sink)
    }
    writer.field("problems", result.problems.map(\.text))
  }

  private func write(_ finding: ImageFinding, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("id", finding.advisory.id)
      writer.field("vulnerability", finding.vulnerability)
      writer.field("aliases", finding.advisory.aliases)
      writer.field("also", finding.also)
      writer.field("fingerprint", finding.finding(image: image.source).fingerprint.text)
      writer.field("package", finding.package.name)
      writer.field("version", finding.package.version)
      writer.field("source", finding.package.source)
      writer.field("sourceVersion", finding.package.sourceVersion)
      writer.field("ecosystem", finding.package.ecosystem.text)
      writer.field("path", finding.package.path)
      writer.field("fixed", finding.fix)
      writer.field("lastAffected", finding.lastAffected)
      writer.field("because", finding.because)
      writer.field("sources", finding.sources + (finding.isToldByOthers ? [] : ["Bartizan"]))
      writer.field("severity", finding.advisory.severity)
      writer.field("priority", finding.priority.level.name)
      writer.field("priorityReason", finding.priority.reason)
      writer.key("score")
      if let score = finding.priority.score { writer.value(score) } else { writer.null() }
      writer.key("likelihood")
      if let likelihood = finding.priority.likelihood { writer.value(likelihood) } else { writer.null() }
      writer.field("purl", finding.package.purl?.text)
      if let layer = finding.package.layer { writer.field("layer", layer) }
      if let step = image.step(of: finding.package) { writer.field("step", step) }
      writer.field("summary", finding.advisory.summary)
    }
  }

  private func writeAdvice(_ writer: inout JSONWriter) {
    writer.key("advice")
    writer.array(of: advice.steps) { writer, step in
      writer.object { writer in
        writer.field("package", step.package)
        writer.field("ecosystem", step.ecosystem.text)
        writer.field("version", step.version)
        writer.field("command", step.command)
        writer.field("removes", step.removes)
        writer.field("worst", step.worst.name)
      }
    }
    writer.key("removals")
    writer.array(of: advice.removals) { writer, removal in
      writer.object { writer in
        writer.field("package", removal.package)
        writer.field("advisories", removal.advisories)
        writer.field("worst", removal.worst.name)
      }
    }
    writer.key("departures")
    writer.array(of: advice.departures) { writer, departure in
      writer.object { writer in
        writer.field("package", departure.package)
        writer.field("after", departure.after)
        writer.field("advisories", departure.advisories)
        writer.field("worst", departure.worst.name)
      }
    }
    writer.field("fromBase", advice.fromBase)
    writer.field("fixableInBase", advice.fixableInBase)
  }
}

extension CheckID {
  /// The check for distributions that are out of support.
  package static let unsupportedDistribution = CheckID("unsupported-distribution")
}
