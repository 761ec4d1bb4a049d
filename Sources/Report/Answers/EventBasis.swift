package import Bytes
package import Events
package import Findings

/// What an answer about events rests on.
package struct EventBasis: Sendable {
  /// Number of events that were read.
  package var events = 0
  /// Number of events that were kept without being understood, by reason.
  package var unparsed: [RecordFault: Int] = [:]
  /// Number of events without a time, which a range of time leaves out.
  package var timeless = 0
  /// What was not read.
  package var notRead: [Problem] = []

  package init() {}

  package func write(_ writer: inout JSONWriter) {
    writer.key("basis")
    writer.object { writer in
      writer.field("events", events)
      writer.key("unparsed")
      writer.object { writer in
        for fault in RecordFault.allCases { if let count = unparsed[fault] { writer.field(fault.rawValue, count) } }
      }
      writer.field("withoutTime", timeless)
      writer.key("notRead")
      writer.array(of: notRead) { writer, problem in
        writer.object { writer in
          writer.field("location", problem.location.text)
          writer.field("code", problem.code.rawValue)
          writer.field("message", problem.message)
        }
      }
    }
  }

  /// The line below an answer in text; empty where everything was read.
  package var text: String {
    notRead.isEmpty
      ? "" : "\nNot the whole: \(Phrase.count(notRead.count, "part")) of the input could not be read.\n"
  }
}
