import Bytes
import Findings
import Glibc

enum StandardOutput {
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Columns of the terminal; of `COLUMNS` or 100 where the output is none.
  static var width: Int {
    var size = winsize()
    if isTerminal, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return Environment.value("COLUMNS").flatMap(Int.init) ?? 100
  }

  /// An answer in JSON.
  static func answer(_ kind: String, _ body: (inout JSONWriter) -> Void) {
    var writer = JSONWriter(pretty: true)
    writer.answer(kind, body)
    writer.endLine()
    write(writer.bytes)
  }

  static func write(_ text: String) { write(Array(text.utf8)) }

  static func write(_ bytes: [UInt8]) { Descriptor.write(bytes, to: STDOUT_FILENO) }
}

enum StandardError {
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  static func line(_ text: String) { Descriptor.write(Array((text + "\n").utf8), to: STDERR_FILENO) }

  static func raw(_ text: String) { Descriptor.write(Array(text.utf8), to: STDERR_FILENO) }
}

enum Environment {
  static func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
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
