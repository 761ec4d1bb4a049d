package import Bytes

/// What a command answers: a value that can be rendered in some formats. Commands differ in their answers, and in nothing else of
/// how they print.
package protocol Answer: Sendable {
  /// The formats that it can be rendered in, the usual one first.
  static var formats: [OutputFormat] { get }

  /// Hands over the whole answer in UTF-8, piece by piece.
  ///
  /// - Parameter format: one of `formats`.
  func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void)
}

/// An answer with a `kind` in `docs/schemas/answers.v1.json`, and with text for people. Each kind is a file in `Answers` and a
/// line in `AnswerKinds`.
package protocol KindOfAnswer: Answer {
  static var kind: String { get }

  /// Writes the fields of the document that follow `apiVersion` and `kind`.
  ///
  /// - Parameter sink: takes what is done of a document that may be large: `writer.drain(to: sink)` between its items.
  func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void)

  /// The answer for people; ends in a line feed.
  func text(_ terminal: Terminal) -> String
}

extension KindOfAnswer {
  package static var formats: [OutputFormat] { [.table, .json] }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    default: sink(Array(text(terminal).utf8))
    }
  }

  /// The answer as one document in JSON.
  package func document(to sink: ([UInt8]) -> Void) {
    var writer = JSONWriter(pretty: true)
    writer.answer(Self.kind) { write(&$0, to: sink) }
    writer.endLine()
    writer.drain(to: sink, atLeast: 0)
  }
}

extension JSONWriter {
  /// An answer's object: `apiVersion`, `kind`, and what the body adds.
  package mutating func answer(_ kind: String, _ body: (inout JSONWriter) -> Void) {
    object { writer in
      writer.field("apiVersion", "bartizan.dev/v1")
      writer.field("kind", kind)
      body(&writer)
    }
  }
}
