package import Findings

/// A format of scan reports. A new one is a file with a type of this protocol and a line in `ScanReport.renderers`; see
/// `docs/how-to/add-a-report-format.md`.
protocol ScanFormat: Sendable {
  static var format: OutputFormat { get }

  /// Hands over the whole report in UTF-8, piece by piece; it ends in a line feed, and the same result gives the same bytes.
  ///
  /// - Parameter terminal: how wide it is, and whether it has colours: for formats that people read as they are.
  static func render(
    _ result: ScanResult, _ options: ReportOptions, _ terminal: Terminal, to sink: ([UInt8]) -> Void)
}

/// The result of a scan, in each of its formats.
package struct ScanReport: Answer {
  /// The usual one first.
  static let renderers: [any ScanFormat.Type] = [
    TableReport.self, JSONReport.self, SARIFReport.self, HTMLReport.self, JUnitReport.self, MarkdownReport.self,
    CSVReport.self,
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
