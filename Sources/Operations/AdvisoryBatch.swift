import Bytes
import Findings
package import Images

/// Questions on packages, a JSON object a line, answered in their order.
package enum AdvisoryBatch {
  /// - Parameters:
  ///   - questions: `{"ecosystem", "name", "version"}`.
  ///   - sink: takes the questions with `ids`, and `undecided` where versions cannot be compared, or `error`.
  /// - Returns: numbers of the lines that are no questions.
  package static func answer(
    _ questions: [UInt8], _ store: AdvisoryStore, to sink: ([UInt8]) -> Void
  ) throws -> [Int] {
    var failed: [Int] = []
    var writer = JSONWriter(pretty: false)
    var memory = AdvisoryQuery.Memory()
    for (index, line) in questions.split(separator: 0x0A).enumerated()
    where !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) {
      if index.isMultiple(of: 1024) { try Task.checkCancellation() }
      if let question = try? JSONReader.read(Array(line)), let ecosystem = question["ecosystem"]?.string,
        let name = question["name"]?.string
      {
        let query = AdvisoryQuery(ecosystem: Ecosystem(ecosystem), name: name, version: question["version"]?.text)
        let answer: (matches: [String], undecided: [String])
        do throws(DocumentError) { answer = try query.ids(store, &memory) } catch { throw BartizanError(error) }
        writer.object { writer in
          for entry in question.entries where entry.key != "ids" && entry.key != "undecided" {
            writer.key(entry.key)
            writer.value(entry.value)
          }
          writer.field("ids", answer.matches)
          if !answer.undecided.isEmpty { writer.field("undecided", answer.undecided) }
        }
      } else {
        failed.append(index + 1)
        writer.object { $0.field("error", "not a question") }
      }
      writer.endLine()
      writer.drain(to: sink)
    }
    writer.drain(to: sink, atLeast: 0)
    return failed
  }
}
