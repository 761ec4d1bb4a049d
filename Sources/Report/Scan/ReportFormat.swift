package import Findings

/// The formats in which a scan can be reported. A new format is a file of its own and one case here.
package enum ReportFormat: String, Sendable, CaseIterable {
  case table
  case json
  case sarif
  case html
  case junit
  case markdown
  case csv

  /// The whole report in UTF-8, ending in a line feed, handed over piece by piece.
  package func render(_ result: ScanResult, _ options: ReportOptions, to sink: ([UInt8]) -> Void) {
    switch self {
    case .table: sink(Array(TableReport.render(result, options).utf8))
    case .json: JSONReport.render(result, options, to: sink)
    case .sarif: SARIFReport.render(result, options, to: sink)
    case .html: sink(Array(HTMLReport.render(result, options).utf8))
    case .junit: sink(Array(JUnitReport.render(result, options).utf8))
    case .markdown: sink(Array(MarkdownReport.render(result, options).utf8))
    case .csv: sink(Array(CSVReport.render(result, options).utf8))
    }
  }

  package func render(_ result: ScanResult, _ options: ReportOptions) -> [UInt8] {
    var bytes: [UInt8] = []
    render(result, options) { bytes += $0 }
    return bytes
  }
}

package struct ReportOptions: Sendable {
  /// What was scanned, as the user named it.
  package var sources: [String]
  package var toolVersion: String
  /// Columns of the terminal.
  package var width: Int
  package var colour: Bool
  /// Every place of every finding, not only the first ones.
  package var verbose: Bool
  /// Metadata of the checks that ran, for formats that carry the rules along.
  package var rules: [RuleDescription]

  package init(
    sources: [String], toolVersion: String, width: Int = 100, colour: Bool = false, verbose: Bool = false,
    rules: [RuleDescription] = []
  ) {
    self.sources = sources
    self.toolVersion = toolVersion
    self.width = width
    self.colour = colour
    self.verbose = verbose
    self.rules = rules
  }
}

/// What a report says of a rule, whoever made it.
package struct RuleDescription: Sendable {
  package let id: String
  package let title: String
  package let severity: Severity
  package let rationale: String
  package let remediation: String
  package let controls: [Control]
  package let url: String

  package init(
    id: String, title: String, severity: Severity, rationale: String, remediation: String, controls: [Control],
    url: String
  ) {
    self.id = id
    self.title = title
    self.severity = severity
    self.rationale = rationale
    self.remediation = remediation
    self.controls = controls
    self.url = url
  }
}
