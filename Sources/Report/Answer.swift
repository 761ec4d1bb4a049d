package import Bytes
package import Kube

/// The result of a command, which can be rendered in several formats. Commands differ in their answers only, not in how
/// these are printed.
package protocol Answer: Sendable {
  /// The supported formats; the first is the default.
  static var formats: [OutputFormat] { get }

  /// Passes the complete answer to `sink` in UTF-8, piece by piece.
  ///
  /// - Parameter format: one of `formats`.
  func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void)
}

/// An answer with a `kind` in `docs/schemas/answers.v1.json`, and a text form. Each kind is a file in `Answers` and a
/// line in `AnswerKinds`.
package protocol KindOfAnswer: Answer {
  static var kind: String { get }

  /// Writes the fields of the document after `apiVersion` and `kind`.
  ///
  /// - Parameter sink: receives finished parts of a document that may be large: call `writer.drain(to: sink)` between
  ///   items.
  func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void)

  /// The text form, which ends with a line feed.
  func text(_ terminal: Terminal) -> String

  /// What was not seen of that which the answer rests on.
  var notSeen: [NotSeen] { get }
}

extension KindOfAnswer {
  package static var formats: [OutputFormat] { [.table, .json] }

  package var notSeen: [NotSeen] { [] }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    default: sink(Array(wholeText(terminal).utf8))
    }
  }

  /// The text with what was not seen below it.
  package func wholeText(_ terminal: Terminal) -> String {
    let list = notSeen
    guard !list.isEmpty else { return text(terminal) }
    return text(terminal) + "\n"
      + TextTable(
        "Not seen: the answer is not the whole", columns: ["kind", "why"], rows: list.map { [$0.kind.text, $0.reason] }
      )
      .text(terminal)
  }

  /// Passes the answer as one JSON document to `sink`.
  package func document(to sink: ([UInt8]) -> Void) {
    var writer = JSONWriter(pretty: true)
    writer.answer(Self.kind) { writer in
      write(&writer, to: sink)
      let list = notSeen
      guard !list.isEmpty else { return }
      writer.key("notSeen")
      writer.array(of: list) { writer, item in
        writer.object { writer in
          writer.field("group", item.kind.group)
          writer.field("kind", item.kind.kind)
          writer.field("reason", item.reason)
        }
      }
    }
    writer.endLine()
    writer.drain(to: sink, atLeast: 0)
  }
}

extension JSONWriter {
  /// Writes the object of an answer: `apiVersion`, `kind`, and the fields of `body`.
  package mutating func answer(_ kind: String, _ body: (inout JSONWriter) -> Void) {
    object { writer in
      writer.field("apiVersion", "bartizan.dev/v1")
      writer.field("kind", kind)
      body(&writer)
    }
  }
}
