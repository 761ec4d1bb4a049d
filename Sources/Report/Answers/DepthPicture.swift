import Depth
import Findings
import Kube

/// Paths as a picture in SVG: each a row of places, with what is done between them and what has to fail.
struct DepthPicture {
  private let rows: [(title: String, path: DepthPath)]
  private let notes: [String]

  /// - Parameter notes: lines below the rows.
  init(_ rows: [(title: String, path: DepthPath)], notes: [String]) {
    self.rows = rows
    self.notes = notes
  }

  private static let box = (width: 200, height: 44)
  private static let gap = 190
  private static let margin = 20
  /// Steps in a line; a longer path goes on below.
  private static let perLine = 4

  private static func text(_ text: String, _ width: Int) -> String {
    XML.escaped(Terminal.shortened(Terminal.printable(text), width))
  }

  var svg: String {
    var body = ""
    var y = Self.margin
    for row in rows {
      body += "<text x=\"\(Self.margin)\" y=\"\(y + 14)\" class=\"title\">\(Self.text(row.title, 110))</text>\n"
      y += 34
      let steps = row.path.steps.filter { !$0.isMembership }
      var x = Self.margin
      if let first = row.path.steps.first { body += place(first.from.text, x, y, "start") }
      for (index, step) in steps.enumerated() {
        if index > 0, index % Self.perLine == 0 {
          y += 96
          x = Self.margin
          body += place(step.from.text, x, y, "again")
        }
        let from = x + Self.box.width
        x = from + Self.gap
        let middle = y + Self.box.height / 2
        body +=
          "<path d=\"M\(from) \(middle) H\(x - 6)\" class=\"\(step.doubt == nil ? "arrow" : "arrow doubt")\"/>\n"
        body += "<path d=\"M\(x - 8) \(middle - 4) L\(x - 1) \(middle) L\(x - 8) \(middle + 4)z\" class=\"head\"/>\n"
        let label = from + Self.gap / 2
        body +=
          "<text x=\"\(label)\" y=\"\(middle - 8)\" class=\"does\">\(Self.text(step.technique.phrase, 30))</text>\n"
        for (place, control) in step.controls.prefix(3).enumerated() {
          body +=
            "<text x=\"\(label)\" y=\"\(middle + 16 + place * 13)\" class=\"control\">\(Self.text("⛨ " + control.mechanism.title, 30))</text>\n"
        }
        if step.controls.isEmpty {
          body += "<text x=\"\(label)\" y=\"\(middle + 16)\" class=\"open\">nothing in the way</text>\n"
        }
        body += place(step.to.text, x, y, index + 1 == steps.count ? "target" : "")
      }
      y += 106
    }
    for note in notes {
      body += "<text x=\"\(Self.margin)\" y=\"\(y)\" class=\"note\">\(Self.text(note, 150))</text>\n"
      y += 18
    }
    let width = Self.margin * 2 + Self.box.width + Self.perLine * (Self.box.width + Self.gap)
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(y + Self.margin)" viewBox="0 0 \(width) \(y + Self.margin)" font-family="system-ui, sans-serif" font-size="12">
      <style>
      rect { fill: #ffffff; stroke: #2456b3; } .start { stroke: #5d6875; } .target { stroke: #a3123a; stroke-width: 2; } .again { stroke-dasharray: 3 3; }
      .arrow { stroke: #1d232b; fill: none; } .doubt { stroke-dasharray: 5 4; } .head { fill: #1d232b; }
      text { fill: #1d232b; } .title { font-weight: bold; font-size: 14px; } .does, .control, .open { text-anchor: middle; font-size: 11px; }
      .does, .note { fill: #5d6875; } .control { fill: #9a6700; } .open { fill: #a3123a; }
      </style>
      <rect x="0" y="0" width="\(width)" height="\(y + Self.margin)" style="fill: #f6f7f9; stroke: none"/>
      \(body)</svg>

      """
  }

  private func place(_ name: String, _ x: Int, _ y: Int, _ style: String) -> String {
    """
    <rect x="\(x)" y="\(y)" width="\(Self.box.width)" height="\(Self.box.height)" rx="5" class="\(style)"><title>\(XML.escaped(Terminal.printable(name)))</title></rect>
    <text x="\(x + Self.box.width / 2)" y="\(y + Self.box.height / 2 + 4)" text-anchor="middle">\(Self.text(name, 28))</text>

    """
  }
}
