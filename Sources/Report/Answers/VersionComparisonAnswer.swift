package import Bytes
package import Images

/// Which of two versions is the later (`advisories compare`).
package struct VersionComparisonAnswer: KindOfAnswer {
  package static let kind = "VersionComparison"

  private let ecosystem: String
  private let versions: (a: String, b: String)
  private let outcome: VersionOrder.Outcome

  package init(ecosystem: String, _ a: String, _ outcome: VersionOrder.Outcome, _ b: String) {
    self.ecosystem = ecosystem
    versions = (a, b)
    self.outcome = outcome
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("ecosystem", ecosystem)
    writer.field("a", versions.a)
    writer.field("b", versions.b)
    writer.field("outcome", outcome.symbol)
  }

  package func text(_ terminal: Terminal) -> String { outcome.symbol + "\n" }
}
