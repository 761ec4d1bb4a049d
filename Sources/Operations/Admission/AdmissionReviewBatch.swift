package import Admission
import Bytes
import Kube

/// Admission reviews, one a line, answered in their order.
package enum AdmissionReviewBatch {
  /// How many of the lines came out how; the exit code follows from it.
  package struct Outcome: Sendable {
    package var answered = 0
    package var refused = 0
    /// Lines that are no review.
    package var failed = 0
    /// Reviews for which a policy could not be asked.
    package var uncertain = 0
  }

  /// How answers are written.
  package enum Form: Sendable {
    /// `{"status", "message", "reason", "warnings", "auditAnnotations", "patch"}`
    case answer
    /// `AdmissionReview`s with a response, as a webhook gives them.
    case review
  }

  /// - Parameter sink: takes an answer for each line, or `{"error"}`.
  package static func answer(
    _ reviews: [UInt8], _ judge: PolicyJudge, _ form: Form, to sink: ([UInt8]) -> Void
  ) throws -> Outcome {
    var outcome = Outcome()
    if !isLines(reviews) {
      try answer(documentsOf: reviews, judge, form, to: sink, &outcome)
      return outcome
    }
    for chunk in LineChunks(reviews) {
      var writer = JSONWriter(pretty: false)
      for line in LineChunks.lines(reviews, chunk) {
        try Task.checkCancellation()
        answer(reviews[line], judge, form, &writer, &outcome)
        writer.endLine()
        writer.drain(to: sink)
      }
      writer.drain(to: sink, atLeast: 0)
    }
    return outcome
  }

  /// Lines at the beginning of which one must be a document by itself.
  private static let probedLines = 3
  /// Largest file of reviews that are written over several lines each.
  private static let wholeBytes = 256 << 20

  /// Whether a file has a review on each line, broken ones among them; else they are written over several lines.
  private static func isLines(_ reviews: [UInt8]) -> Bool {
    var chunks = LineChunks(reviews)
    guard let chunk = chunks.next() else { return true }
    let lines = LineChunks.lines(reviews, chunk)
    return lines.count == 1
      || lines.prefix(probedLines).contains { line in
        let stream = JSONReader.readStream(reviews.span.extracting(line), limits: AdmissionReviewLimits.limits)
        return stream.errors.isEmpty && stream.documents.contains { $0.mapping != nil }
      }
  }

  /// Reviews over several lines each: all of them, or one fault for what could not be read.
  private static func answer(
    documentsOf reviews: [UInt8], _ judge: PolicyJudge, _ form: Form, to sink: ([UInt8]) -> Void,
    _ outcome: inout Outcome
  ) throws {
    var limits = Limits()
    limits.inputBytes = wholeBytes
    let stream = JSONReader.readStream(reviews.span, limits: limits)
    var writer = JSONWriter(pretty: false)
    for document in stream.documents.flatMap({ $0.array ?? [$0] }) {
      try Task.checkCancellation()
      do throws(AdmissionRequest.Invalid) {
        answer(try AdmissionRequest(document), judge, form, &writer, &outcome)
      } catch {
        outcome.failed += 1
        writer.object { $0.field("error", "line \(max(1, error.line)): \(error.message)") }
      }
      writer.endLine()
      writer.drain(to: sink)
    }
    for error in stream.errors {
      outcome.failed += 1
      writer.object { $0.field("error", "line \(max(1, error.line)): not JSON: \(error.message)") }
      writer.endLine()
    }
    writer.drain(to: sink, atLeast: 0)
  }

  private static func answer(
    _ line: ArraySlice<UInt8>, _ judge: PolicyJudge, _ form: Form, _ writer: inout JSONWriter, _ outcome: inout Outcome
  ) {
    let request: AdmissionRequest
    do throws(AdmissionRequest.Invalid) { request = try AdmissionRequest(json: line) } catch {
      outcome.failed += 1
      writer.object { $0.field("error", error.message) }
      return
    }
    answer(request, judge, form, &writer, &outcome)
  }

  private static func answer(
    _ request: AdmissionRequest, _ judge: PolicyJudge, _ form: Form, _ writer: inout JSONWriter,
    _ outcome: inout Outcome
  ) {
    let response = AdmissionResponse(request, judge.judge(request))
    outcome.answered += 1
    if !response.isAllowed { outcome.refused += 1 }
    if !response.notEvaluated.isEmpty { outcome.uncertain += 1 }
    switch form {
    case .review: writer.value(response.review)
    case .answer: write(response, notJudged: judge.policies.notJudged, &writer)
    }
  }

  private static func write(
    _ response: AdmissionResponse, notJudged: [PolicyReport.NotEvaluated], _ writer: inout JSONWriter
  ) {
    let gaps = response.notEvaluated + notJudged
    writer.object { writer in
      writer.field("uid", response.uid)
      writer.field("allowed", response.isAllowed)
      writer.field("status", response.status)
      writer.field("message", response.message)
      writer.field("reason", response.reason)
      writer.field("warnings", response.warnings)
      writer.key("auditAnnotations")
      writer.object { writer in for item in response.auditAnnotations { writer.field(item.key, item.value) } }
      writer.key("patch")
      if let patch = response.patch { writer.value(patch.document) } else { writer.null() }
      guard !gaps.isEmpty else { return }
      writer.key("notEvaluated")
      writer.array(of: gaps) { writer, item in
        writer.object { writer in
          writer.field("policy", item.policy)
          writer.field("binding", item.binding)
          writer.field("reason", item.reason)
        }
      }
    }
  }
}
