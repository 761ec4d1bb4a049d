import Bytes
import Findings
package import Images

/// Questions about packages, one JSON object per line, answered in order.
package enum AdvisoryBatch {
  /// - Parameters:
  ///   - questions: `{"ecosystem", "name", "version"}`.
  ///   - sink: receives each question with `ids`, and `undecided` where versions cannot be compared, with `notCovered` where the
  ///     store has no advisories of the ecosystem, or with `error`.
  /// - Returns: line numbers of invalid questions, and ecosystems that were asked for and are not in the store, in order.
  package static func answer(
    _ questions: [UInt8], _ store: AdvisoryStore, to sink: ([UInt8]) -> Void
  ) throws -> (failed: [Int], notCovered: [String]) {
    var failed: [Int] = []
    var isCovered: [String: Bool] = [:]
    let known = store.ecosystems
    var writer = JSONWriter(pretty: false)
    var memory = AdvisoryQuery.Memory()
    for (index, line) in questions.split(separator: 0x0A).enumerated()
    where !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) {
      if index.isMultiple(of: 1024) { try Task.checkCancellation() }
      if let question = try? JSONReader.read(Array(line)), let ecosystem = question["ecosystem"]?.string,
        let name = question["name"]?.string
      {
        let wanted = Ecosystem(ecosystem)
        let covers = isCovered[wanted.text] ?? wanted.isCovered(by: known)
        isCovered[wanted.text] = covers
        let query = AdvisoryQuery(ecosystem: wanted, name: name, version: question["version"]?.text)
        let answer: (matches: [String], undecided: [String])
        do throws(DocumentError) { answer = try query.ids(store, &memory) } catch { throw BartizanError(error) }
        writer.object { writer in
          for entry in question.entries where !["ids", "undecided", "notCovered"].contains(entry.key) {
            writer.key(entry.key)
            writer.value(entry.value)
          }
          writer.field("ids", answer.matches)
          if !answer.undecided.isEmpty { writer.field("undecided", answer.undecided) }
          // Without an advisory of the whole ecosystem an empty list would say of the package what nobody knows.
          if !covers { writer.field("notCovered", true) }
        }
      } else {
        failed.append(index + 1)
        writer.object { $0.field("error", "not a question") }
      }
      writer.endLine()
      writer.drain(to: sink)
    }
    writer.drain(to: sink, atLeast: 0)
    return (failed, isCovered.filter { !$0.value }.keys.sorted())
  }
}
