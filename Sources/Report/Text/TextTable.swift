/// A table with a heading, for answers other than findings and prose.
package struct TextTable: Sendable {
  package let title: String
  package let columns: [String]
  package let rows: [[String]]

  package init(_ title: String = "", columns: [String], rows: [[String]]) {
    self.title = title
    self.columns = columns
    self.rows = rows
  }

  /// Columns are as wide as their widest cell. Where that exceeds the terminal, cells are wrapped between words: no
  /// text is lost and no name is broken, even if a line gets longer than the terminal. A cell of several lines keeps
  /// them, but in the first column, where a line could pass for a row of its own.
  package func text(_ terminal: Terminal) -> String {
    var result = title.isEmpty ? "" : terminal.bold(title) + "\n"
    guard !rows.isEmpty else { return result + (title.isEmpty ? "" : "  none\n") }
    let cells = rows.map { row in row.enumerated().map { Self.lines($1, isFirst: $0 == 0) } }
    var widths = columns.indices.map { index in
      max(Terminal.columns(columns[index]), cells.flatMap { $0[index].map(Terminal.columns) }.max() ?? 0)
    }
    if let room = terminal.columns {
      let least = columns.indices.map { index in
        ([columns[index]] + cells.flatMap { $0[index] }).flatMap { $0.split(separator: " ") }.map(Terminal.columns)
          .max() ?? 0
      }
      while widths.reduce(0, +) + 2 * (columns.count - 1) > room,
        let widest = widths.indices.filter({ widths[$0] > max(10, least[$0]) }).max(by: { widths[$0] < widths[$1] })
      {
        widths[widest] -= 1
      }
    }
    func block(_ row: [[String]], _ style: (String) -> String) -> String {
      let lines =
        terminal.columns == nil
        ? row : zip(row, widths).map { cell, width in cell.flatMap { Self.folded($0, width) } }
      var text = ""
      for line in 0..<(lines.map(\.count).max() ?? 1) {
        var out = ""
        for (index, cell) in lines.enumerated() {
          let part = line < cell.count ? cell[line] : ""
          out += index == columns.count - 1 ? part : Terminal.padded(part, widths[index]) + "  "
        }
        while out.last == " " { out.removeLast() }
        text += style(out) + "\n"
      }
      return text
    }
    result += block(columns.map { [$0.uppercased()] }, terminal.dim)
    for row in cells { result += block(row) { $0 } }
    return result
  }

  private static func lines(_ cell: String, isFirst: Bool) -> [String] {
    guard !isFirst, cell.utf8.contains(where: { $0 < 0x20 }) else { return [Terminal.printable(cell)] }
    return cell.replacing("\t", with: "  ").split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .map { Terminal.printable(String($0)) }
  }

  /// Wraps at spaces only. What fits stays as it is: the picture of an expression with a mark below it is aligned by spaces.
  private static func folded(_ text: String, _ width: Int) -> [String] {
    if Terminal.columns(text) <= width { return [text] }
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, Terminal.columns(line) + 1 + Terminal.columns(word) > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    lines.append(line)
    return lines
  }

  /// A self-contained page with several tables, meant for sign-off.
  package static func html(title: String, subtitle: String, _ sheets: [TextTable]) -> String {
    var page = HTMLPage.opening(title: title)
    page += """
      <header><h1>\(XML.escaped(title))</h1><p class="sources">\(XML.escaped(subtitle))</p></header>
      <main>

      """
    for sheet in sheets {
      page += "<section>\n<h2>\(XML.escaped(sheet.title))</h2>\n"
      if sheet.rows.isEmpty {
        page += "<p>None.</p>\n"
      } else {
        page += "<table class=\"sheet\"><thead><tr>"
        page += sheet.columns.map { "<th>\(XML.escaped($0))</th>" }.joined() + "</tr></thead>\n<tbody>\n"
        for row in sheet.rows {
          page += "<tr>" + row.map { "<td>\(XML.escaped($0))</td>" }.joined() + "</tr>\n"
        }
        page += "</tbody></table>\n"
      }
      page += "</section>\n"
    }
    return page + "</main>\n</body>\n</html>\n"
  }

  package var csv: String { CSV.text([columns] + rows) }
}
