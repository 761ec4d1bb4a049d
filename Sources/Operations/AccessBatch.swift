package import Access
import Bytes

/// Questions about access, one JSON object per line, answered in order.
package enum AccessBatch {
  /// - Parameters:
  ///   - questions: `{"user", "groups", "verb", "apiGroup", "resource", "subresource", "namespace", "name"}` or
  ///     `{"user", "verb", "path"}`, with any `id`. A line with another key is refused.
  ///   - sink: receives each question with `allowed` and `reason`, or with `error`.
  package static func answer(
    _ questions: [UInt8], _ inventory: AccessInventory, to sink: ([UInt8]) -> Void
  ) throws -> BatchOutcome {
    let authorizer = Authorizer(inventory)
    var outcome = BatchOutcome()
    for chunk in LineChunks(questions) {
      try Task.checkCancellation()
      let stream = JSONReader.readStream(questions.span.extracting(chunk), limits: .standard)
      let lines = LineChunks.lines(questions, chunk)
      var writer = JSONWriter(pretty: false)
      if stream.errors.isEmpty, stream.documents.count == lines.count {
        for document in stream.documents { answer(document, authorizer, &writer, &outcome) }
      } else {
        // Some line is invalid: read each by itself, so that answers match their questions.
        for line in lines {
          let one = JSONReader.readStream(questions.span.extracting(line), limits: .standard)
          if let error = one.errors.first {
            fail("not JSON: \(error.message)", &writer, &outcome)
          } else if let document = one.documents.first {
            answer(document, authorizer, &writer, &outcome)
          }
        }
      }
      sink(writer.bytes)
    }
    return outcome
  }

  private static let keys = [
    "id", "user", "username", "groups", "verb", "apiGroup", "group", "resource", "subresource", "namespace", "name",
    "path",
  ]
  /// Of an answer, so that answers can be asked again.
  private static let answerKeys: Set<String> = ["allowed", "reason"]

  private static func answer(
    _ document: DocumentNode, _ authorizer: Authorizer, _ writer: inout JSONWriter, _ outcome: inout BatchOutcome
  ) {
    // A key that is misspelt would make the question another one.
    if let key = document.entries.map(\.key).first(where: { !keys.contains($0) && !answerKeys.contains($0) }) {
      return fail("unknown key \"\(key)\"; a question has \(keys.joined(separator: ", "))", &writer, &outcome)
    }
    let request: AccessRequest
    do throws(AccessRequest.Invalid) { request = try AccessRequest(document) } catch {
      return fail(error.message, &writer, &outcome)
    }
    let verdict = authorizer.decide(request)
    outcome.answered += 1
    if !verdict.isKnown { outcome.unknown += 1 }
    writer.object { writer in
      for entry in document.entries where entry.key != "allowed" && entry.key != "reason" {
        writer.key(entry.key)
        writer.value(entry.value)
      }
      writer.key("allowed")
      if verdict.isKnown { writer.value(verdict.isAllowed) } else { writer.null() }
      writer.field("reason", authorizer.reason(verdict))
    }
    writer.endLine()
  }

  private static func fail(_ message: String, _ writer: inout JSONWriter, _ outcome: inout BatchOutcome) {
    outcome.failed += 1
    writer.object { $0.field("error", message) }
    writer.endLine()
  }
}
