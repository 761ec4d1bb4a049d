package import Bytes
package import Findings

/// What a store of events holds (`events status`).
package struct EventStoreAnswer: KindOfAnswer {
  package static let kind = "EventStore"

  /// The events received on one day. `storedBytes` are those on the disk, `rawBytes` those of the originals.
  package struct Day: Sendable {
    let day: String
    let events: Int
    let blocks: Int
    let rawBytes: Int
    let storedBytes: Int

    package init(day: String, events: Int, blocks: Int, rawBytes: Int, storedBytes: Int) {
      self.day = day
      self.events = events
      self.blocks = blocks
      self.rawBytes = rawBytes
      self.storedBytes = storedBytes
    }
  }

  /// The events of one source.
  package struct Source: Sendable {
    let dataset: String
    let events: Int
    let rawBytes: Int

    package init(dataset: String, events: Int, rawBytes: Int) {
      self.dataset = dataset
      self.events = events
      self.rawBytes = rawBytes
    }
  }

  private let days: [Day]
  private let sources: [Source]
  private let pending: Int
  private let problems: [Problem]

  /// - Parameter pending: number of events that are not packed yet, which no source counts.
  package init(days: [Day], sources: [Source], pending: Int, problems: [Problem]) {
    self.days = days
    self.sources = sources
    self.pending = pending
    self.problems = problems
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("days")
    writer.array(of: days) { writer, day in
      writer.object { writer in
        writer.field("day", day.day)
        writer.field("events", day.events)
        writer.field("blocks", day.blocks)
        writer.field("rawBytes", day.rawBytes)
        writer.field("storedBytes", day.storedBytes)
      }
    }
    writer.key("sources")
    writer.array(of: sources) { writer, source in
      writer.object { writer in
        writer.field("dataset", source.dataset)
        writer.field("events", source.events)
        writer.field("rawBytes", source.rawBytes)
      }
    }
    writer.field("pending", pending)
    writer.problems(problems)
  }

  package func text(_ terminal: Terminal) -> String {
    func share(_ stored: Int, _ raw: Int) -> String {
      raw == 0 ? "" : "\(stored * 1000 / raw / 10).\(stored * 1000 / raw % 10) %"
    }
    var text = TextTable(
      "Received", columns: ["day", "events", "blocks", "originals", "on disk", "share"],
      rows: days.map {
        [
          $0.day, String($0.events), String($0.blocks), ByteCount.text($0.rawBytes), ByteCount.text($0.storedBytes),
          share($0.storedBytes, $0.rawBytes),
        ]
      }
    ).text(terminal)
    text +=
      "\n"
      + TextTable(
        "Sources", columns: ["source", "events", "originals"],
        rows: sources.map { [$0.dataset, String($0.events), ByteCount.text($0.rawBytes)] }
      ).text(terminal)
    if pending > 0 { text += "\n\(Phrase.count(pending, "event")) not packed yet\n" }
    if !problems.isEmpty { text += "\nNot the whole: \(Phrase.count(problems.count, "part")) could not be read.\n" }
    return text
  }
}

extension JSONWriter {
  mutating func problems(_ problems: [Problem]) {
    key("problems")
    array(of: problems) { writer, problem in
      writer.object { writer in
        writer.field("location", problem.location.text)
        writer.field("code", problem.code.rawValue)
        writer.field("message", problem.message)
      }
    }
  }
}
