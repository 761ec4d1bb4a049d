package import Findings

/// A format of scan reports. A new one is a file with a conforming type and a line in `ScanReport.renderers`; see
/// `docs/how-to/add-a-report-format.md`.
protocol ScanFormat: Sendable {
  static var format: OutputFormat { get }

  /// Passes the complete report to `sink` in UTF-8, piece by piece. It ends with a line feed, and equal results give
  /// equal bytes.
  ///
  /// - Parameter terminal: width and colours, for text formats.
  static func render(
    _ result: ScanResult, _ options: ReportOptions, _ terminal: Terminal, to sink: ([UInt8]) -> Void)
}

/// The result of a scan, in any of its formats.
package struct ScanReport: Answer {
  /// The first one is the default.
  static let renderers: [any ScanFormat.Type] = [
    TableReport.self, JSONReport.self, SARIFReport.self, HTMLReport.self, JUnitReport.self, MarkdownReport.self,
    CSVReport.self, GitHubReport.self, GitLabScanReport.self,
  ]

  package static var formats: [OutputFormat] { renderers.map { $0.format } }

  private let result: ScanResult
  private let options: ReportOptions

  package init(_ result: ScanResult, _ options: ReportOptions) {
    self.result = result
    self.options = options
  }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    let renderer = Self.renderers.first { $0.format == format } ?? TableReport.self
    renderer.render(result, options, terminal, to: sink)
  }
}
