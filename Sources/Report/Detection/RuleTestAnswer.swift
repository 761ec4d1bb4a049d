package import Bytes
package import Detect

/// Unit tests of rules (`rules test`).
package struct RuleTestAnswer: KindOfAnswer {
  package static let kind = "RuleTest"

  package let results: [RuleTests.Result]

  package init(_ results: [RuleTests.Result]) { self.results = results }

  package var failed: [RuleTests.Result] { results.filter { !$0.isPassed } }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("passed", results.count - failed.count)
    writer.field("failed", failed.count)
    writer.key("tests")
    writer.array(of: results) { writer, result in
      writer.object { writer in
        writer.field("rule", result.rule)
        writer.field("name", result.name)
        writer.field("passed", result.isPassed)
        writer.field("wanted", result.wanted)
        writer.field("found", result.found)
      }
      writer.drain(to: sink)
    }
  }

  package func text(_ terminal: Terminal) -> String {
    let failed = failed
    let table =
      failed.isEmpty
      ? ""
      : TextTable(
        "Failed", columns: ["rule", "test", "matches wanted", "found"],
        rows: failed.map { [$0.rule, $0.name, String($0.wanted), String($0.found)] }
      ).text(terminal) + "\n"
    return table + "\(Phrase.count(results.count, "test")), \(failed.count) failed.\n"
  }
}
