import Findings
import Report

extension OutputOptions {
  /// Gives the answer about one image as it is, and those about several as one document.
  ///
  /// - Parameters:
  ///   - answers: by the images as the user named them, in that order.
  ///   - unread: images that no answer is about.
  ///   - report: the same as findings; nil where the answers are none.
  func give<Own: KindOfAnswer>(
    each answers: [(source: String, answer: Own)], unread: [ImageReportsAnswer.Unread], report: ScanReport? = nil
  ) throws(BartizanError) {
    if unread.isEmpty, answers.count == 1 { return try give(answers[0].answer) }
    try give(
      ImageAnswersAnswer(
        answers.map { ImageAnswersAnswer.Item(source: $0.source, answer: $0.answer) }, unread: unread, report: report))
  }
}
