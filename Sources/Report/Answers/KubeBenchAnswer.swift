package import Posture

/// A report in kube-bench's own formats, so that what reads its reports reads ours (`cis run`).
package struct KubeBenchAnswer: Answer {
  package static let formats: [OutputFormat] = [.table, .json, .junit]

  private let report: KubeBenchReport

  package init(_ report: KubeBenchReport) { self.report = report }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: sink(Array((report.json + "\n").utf8))
    case .junit: sink(Array((report.junit + "\n").utf8))
    default: sink(Array(report.text.utf8))
    }
  }
}
