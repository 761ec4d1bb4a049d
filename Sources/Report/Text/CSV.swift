/// Comma-separated values. Source: RFC 4180.
package enum CSV {
  package static func text(_ rows: [[String]]) -> String {
    rows.map { $0.map(field).joined(separator: ",") + "\r\n" }.joined()
  }

  private static func field(_ text: String) -> String {
    // A cell that begins like a formula would be run by a spreadsheet; a leading apostrophe makes it text.
    let safe = text.first.map { "=+-@\t\r".contains($0) } == true ? "'" + text : text
    guard safe.contains(where: { "\",\r\n".contains($0) || $0 == "\r\n" }) else { return safe }
    return "\"" + safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
