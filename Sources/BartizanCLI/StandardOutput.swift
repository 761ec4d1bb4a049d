import Bytes
import Findings
import Glibc

enum StandardOutput {
  static var isTerminal: Bool { StandardStreams.current.columns() != nil }

  /// Columns of the terminal; of `COLUMNS` or 100 where the output is none.
  static var width: Int {
    StandardStreams.current.columns() ?? Environment.value("COLUMNS").flatMap(Int.init) ?? 100
  }

  /// An answer in JSON.
  static func answer(_ kind: String, _ body: (inout JSONWriter) -> Void) {
    var writer = JSONWriter(pretty: true)
    writer.answer(kind, body)
    writer.endLine()
    write(writer.bytes)
  }

  static func write(_ text: String) { write(Array(text.utf8)) }

  static func write(_ bytes: [UInt8]) { _ = StandardStreams.current.output(bytes) }
}

enum StandardError {
  static var isTerminal: Bool { StandardStreams.current.errorIsTerminal }

  static func line(_ text: String) { raw(text + "\n") }

  static func raw(_ text: String) { _ = StandardStreams.current.error(Array(text.utf8)) }
}

enum Environment {
  static func value(_ name: String) -> String? { StandardStreams.current.environment(name) }
}

enum Descriptor {
  /// - Returns: whether all of it was written.
  @discardableResult
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        guard let base = buffer.baseAddress else { return true }
        let wrote = Glibc.write(descriptor, base + offset, buffer.count - offset)
        if wrote < 0, errno == EINTR { continue }
        if wrote <= 0 { return false }
        offset += wrote
      }
      return true
    }
  }
}

extension JSONWriter {
  /// An answer's object: `apiVersion`, `kind`, and what the body adds; `docs/schemas/answers.v1.json` describes them all.
  mutating func answer(_ kind: String, _ body: (inout JSONWriter) -> Void) {
    object { writer in
      writer.field("apiVersion", "bartizan.dev/v1")
      writer.field("kind", kind)
      body(&writer)
    }
  }
}
