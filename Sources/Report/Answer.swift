package import Bytes

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
}

extension KindOfAnswer {
  package static var formats: [OutputFormat] { [.table, .json] }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    default: sink(Array(text(terminal).utf8))
    }
  }

  /// Passes the answer as one JSON document to `sink`.
  package func document(to sink: ([UInt8]) -> Void) {
    var writer = JSONWriter(pretty: true)
    writer.answer(Self.kind) { write(&$0, to: sink) }
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
