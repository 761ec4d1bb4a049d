import Bytes
package import Findings

/// Where text is shown, with its width and whether it has colours.
package struct Terminal: Sendable {
  /// Columns that tables and prose must fit; nil for a file or a pipe, where a program may read them and no line is
  /// folded or cut.
  package let columns: Int?
  package let colour: Bool

  /// - Parameter columns: of the terminal; nil for a file or a pipe.
  package init(columns: Int?, colour: Bool = false) {
    self.columns = columns.map(Self.usable)
    self.colour = colour
  }

  /// Text of less than 40 columns cannot be laid out, and lines of more than 160 are hard to read.
  private static func usable(_ columns: Int) -> Int { max(40, min(columns, 160)) }

  package func bold(_ text: String) -> String { styled(text, .bold) }
  package func dim(_ text: String) -> String { styled(text, .dim) }

  package func severity(_ severity: Severity, _ text: String) -> String {
    switch severity {
    case .critical: styled(text, .critical)
    case .high: styled(text, .high)
    case .medium: styled(text, .medium)
    case .low: styled(text, .low)
    case .info: styled(text, .dim)
    }
  }

  /// Source: ECMA-48, "SGR".
  private enum Style: String, CaseIterable {
    case bold = "1"
    case dim = "2"
    case critical = "1;97;41"
    case high = "1;31"
    case medium = "33"
    case low = "36"
    case usual = "0"

    var code: String { "\u{1B}[\(rawValue)m" }
  }

  /// All that this writes to steer a terminal.
  static let colours: [[UInt8]] = Style.allCases.map { Array($0.code.utf8) }

  private func styled(_ text: String, _ style: Style) -> String {
    colour ? style.code + text + Style.usual.code : text
  }

  /// Indents by `indent` spaces and wraps at spaces, where there is an edge to wrap at.
  package func wrapped(_ text: String, indent: Int) -> String {
    let padding = String(repeating: " ", count: indent)
    guard let columns else { return padding + Self.printable(text) }
    let room = max(20, columns - indent)
    var result = padding
    var column = 0
    for word in Self.printable(text).split(separator: " ") {
      let count = Self.columns(word)
      if column > 0, column + 1 + count > room {
        result += "\n" + padding
        column = 0
      }
      if column > 0 {
        result += " "
        column += 1
      }
      result += word
      column += count
    }
    return result
  }

  /// Columns of a text; wide characters count as one.
  package static func columns(_ text: some StringProtocol) -> Int {
    text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.count
  }

  /// Replaces control characters, since names come from untrusted manifests and could control the terminal.
  package static func printable(_ text: String) -> String { printable(text, but: "") }

  /// - Parameter kept: control characters that mean something where the text goes.
  package static func printable(_ text: String, but kept: String) -> String {
    // Bytes from 0x20 to 0x7E are printable ASCII, as in nearly every text.
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    func isForbidden(_ scalar: Unicode.Scalar) -> Bool { scalar.isSteering && !kept.unicodeScalars.contains(scalar) }
    guard text.unicodeScalars.contains(where: isForbidden) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { isForbidden($0) ? "\u{FFFD}" : $0 }))
  }

  /// The same for a text of several lines that has no colours.
  package static func printableLines(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F || $0 == 0x0A }) { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { printable(String($0)) }
      .joined(separator: "\n")
  }

  package static func padded(_ text: String, _ width: Int) -> String {
    let count = columns(text)
    return count >= width ? text : text + String(repeating: " ", count: width - count)
  }

  /// The beginning of a text that does not fit.
  package static func clipped(_ text: String, _ width: Int) -> String {
    columns(text) <= width ? text : text.prefix(max(1, width - 1)) + "…"
  }

  /// The end of a text that does not fit, after an ellipsis: the end of a path says more than its beginning.
  package static func shortened(_ text: String, _ width: Int) -> String {
    columns(text) <= width ? text : "…" + text.suffix(max(1, width - 1))
  }
}
