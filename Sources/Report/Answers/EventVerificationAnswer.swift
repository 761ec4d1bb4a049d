package import Bytes
package import Findings

/// What reading all of a store of events has shown (`events verify`).
package struct EventVerificationAnswer: KindOfAnswer {
  package static let kind = "EventVerification"

  private let files: Int
  private let blocks: Int
  private let events: Int
  private let problems: [Problem]

  package init(files: Int, blocks: Int, events: Int, problems: [Problem]) {
    self.files = files
    self.blocks = blocks
    self.events = events
    self.problems = problems
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("files", files)
    writer.field("blocks", blocks)
    writer.field("events", events)
    writer.problems(problems)
  }

  package func text(_ terminal: Terminal) -> String {
    let read =
      "\(Phrase.count(events, "event")) in \(Phrase.count(blocks, "block")) of \(Phrase.count(files, "file")) read"
    guard !problems.isEmpty else { return read + "; nothing is damaged\n" }
    return TextTable("Damaged", columns: ["where", "what"], rows: problems.map { [$0.location.text, $0.message] }).text(
      terminal) + read + "\n"
  }
}
