package import Findings

/// What became of the questions of a batch, in numbers.
package struct BatchOutcome: Sendable {
  /// Questions that were read, whatever the answer.
  package var answered = 0
  /// Of these: the input does not tell.
  package var unknown = 0
  /// Lines that are no question.
  package var failed = 0

  /// - Throws: `BartizanError` where a line is no question, and where there is no question at all.
  package func validate(_ file: String) throws(BartizanError) {
    if failed > 0 {
      throw BartizanError(
        .input,
        "\(file): \(failed == 1 ? "1 question" : "\(failed) questions") could not be read; the answers say why")
    }
    if answered == 0 { throw BartizanError(.input, "\(file): no question in it") }
  }
}
