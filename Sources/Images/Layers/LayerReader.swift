package import Findings

/// Reads one layer as its bytes come.
package protocol LayerReader: AnyObject {
  /// Bytes that came.
  var received: Int { get }

  /// Takes the next bytes. What is wrong with them is told by `finish`.
  func feed(_ bytes: RawSpan)

  /// What the layer holds.
  ///
  /// - Throws: where its reader did not come to an end, so that nothing is known of it.
  func finish() throws(BartizanError) -> LayerScanner.Outcome
}

extension LayerScanner: LayerReader {}
