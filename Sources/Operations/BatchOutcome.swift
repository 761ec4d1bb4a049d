package import Findings

/// How many questions of a batch were answered with an error.
package struct BatchOutcome: Sendable {
  package var failed = 0

  /// - Throws: `BartizanError` when any was.
  package func validate(_ file: String) throws(BartizanError) {
    guard failed > 0 else { return }
    throw BartizanError(
      .input,
      "\(file): \(failed == 1 ? "1 question" : "\(failed) questions") could not be read; the answers say why")
  }
}
