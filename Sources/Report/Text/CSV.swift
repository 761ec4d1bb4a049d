/// Comma-separated values. Source: RFC 4180.
package enum CSV {
  package static func text(_ rows: [[String]]) -> String {
    rows.map { $0.map(field).joined(separator: ",") + "\r\n" }.joined()
  }

  /// A line of names of columns, which no log can choose: they stay as they are, so that a reader knows them again.
  package static func heading(_ names: [String]) -> String { names.map(quoted).joined(separator: ",") + "\r\n" }

  private static func field(_ text: String) -> String {
    // A spreadsheet would run a cell that begins like a formula; a leading apostrophe makes it text.
    let safe = text.first.map { "=+-@\t\r".contains($0) } == true ? "'" + text : text
    // Shown by `cat`, what is left of a hostile name must not steer the terminal; lines and tabs within a cell are values.
    return quoted(Terminal.printable(safe, but: "\n\r\t"))
  }

  private static func quoted(_ safe: String) -> String {
    guard safe.contains(where: { "\",\r\n".contains($0) || $0 == "\r\n" }) else { return safe }
    return "\"" + safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
