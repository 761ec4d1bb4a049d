package import Bytes
package import Trust

/// Whether a Sigstore bundle is the expected signer's signature on an artifact (`sigstore verify-bundle`).
package struct BundleVerificationAnswer: KindOfAnswer {
  package static let kind = "BundleVerification"

  private let bundle: String
  private let artifact: String
  private let verdict: TrustVerdict

  /// - Parameters:
  ///   - bundle: its file.
  ///   - artifact: a file, or a digest.
  package init(bundle: String, artifact: String, verdict: TrustVerdict) {
    self.bundle = bundle
    self.artifact = artifact
    self.verdict = verdict
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("bundle", bundle)
    writer.field("artifact", artifact)
    writer.fields(verdict)
  }

  package func text(_ terminal: Terminal) -> String {
    let table = TextTable(
      columns: ["step", "result", "detail"],
      rows: verdict.steps.map { [$0.kind.title, $0.outcome.name, $0.outcome.sentence] })
    let end: String
    if let failure = verdict.failure {
      end = "Not verified: \(failure.sentence).\n"
    } else {
      end = "Verified: signed by \(verdict.signer?.text ?? "nobody").\n"
    }
    return table.text(terminal) + "\n" + end
  }
}
