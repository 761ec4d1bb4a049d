import Glibc

/// Names of files as text. The system has bytes, which need not be UTF-8: those that are none are written `\xE9`, as
/// shells do, and so is a backslash that would read as the beginning of one, so that no two names have the same text.
package enum FileName {
  /// - Parameter name: ends with a zero byte.
  package static func text(_ name: UnsafePointer<CChar>) -> String {
    if let text = String(validatingCString: name), !isEscaped(text) { return text }
    return text(Array(UnsafeBufferPointer(start: name, count: strlen(name))).map { UInt8(bitPattern: $0) })
  }

  /// The text of a word of the command line, which may be a path: one that is text stays as it is, unless it is the path of a
  /// file whose own name has a text of its own.
  package static func argument(_ word: UnsafePointer<CChar>) -> String {
    var status = stat()
    if let text = String(validatingCString: word), !isEscaped(text) || lstat(word, &status) != 0 { return text }
    return text(word)
  }

  private static func text(_ bytes: [UInt8]) -> String {
    var text = ""
    var place = 0
    while place < bytes.count {
      let first = bytes[place]
      let count = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
      if place + count <= bytes.count, !isEscape(bytes, place),
        let part = String(validating: bytes[place..<place + count], as: UTF8.self)
      {
        text += part
        place += count
      } else {
        let digits = String(first, radix: 16, uppercase: true)
        text += digits.count > 1 ? "\\x" + digits : "\\x0" + digits
        place += 1
      }
    }
    return text
  }

  /// Whether a text stands for bytes that are not its own.
  package static func isEscaped(_ text: String) -> Bool {
    guard text.utf8.contains(UInt8(ascii: "\\")) else { return false }
    let bytes = Array(text.utf8)
    return bytes.indices.contains { isEscape(bytes, $0) }
  }

  /// Passes the bytes of a path, with a zero byte at the end. Where nothing has the name that a text stands for, the text is
  /// the name itself, as somebody may have typed it.
  static func withBytes<Value>(of path: String, _ body: (UnsafePointer<CChar>) -> Value) -> Value {
    guard isEscaped(path) else { return path.withCString(body) }
    let bytes = bytes(path)
    var status = stat()
    guard lstat(bytes, &status) == 0 else { return path.withCString(body) }
    return body(bytes)
  }

  private static func bytes(_ path: String) -> [CChar] {
    let text = Array(path.utf8)
    var bytes: [CChar] = []
    var place = 0
    while place < text.count {
      if isEscape(text, place), let high = digit(text[place + 2]), let low = digit(text[place + 3]) {
        bytes.append(CChar(bitPattern: high << 4 | low))
        place += 4
      } else {
        bytes.append(CChar(bitPattern: text[place]))
        place += 1
      }
    }
    return bytes + [0]
  }

  /// Whether `\xE9` or its like stands at a place, which is never that of a zero byte.
  private static func isEscape(_ bytes: [UInt8], _ place: Int) -> Bool {
    guard place + 3 < bytes.count, bytes[place] == UInt8(ascii: "\\"), bytes[place + 1] == UInt8(ascii: "x"),
      let high = digit(bytes[place + 2]), let low = digit(bytes[place + 3])
    else { return false }
    return high | low != 0
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    default: nil
    }
  }
}
