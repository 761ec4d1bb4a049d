import Bytes

/// The map as a matrix, for more namespaces than arrows can show: a row for each source namespace and a column for each
/// destination, darker where more pairs of workloads can connect.
extension MapPicture {
  /// With more namespaces than this the arrows of a map cover each other.
  static let mostArrows = 12

  var matrix: String {
    let cell = 26.0
    let left = 300.0
    let top = 190.0
    let size = (x: left + Double(groups.count) * cell + 60, y: top + Double(groups.count) * cell + 60)
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.number(size.x)) \(Self.number(size.y))" font-family="system-ui, sans-serif" font-size="12">
      <style>
      .head { font-weight: 700; font-size: 15px; fill: #1d232b; } .name { fill: #1d232b; } .soft { fill: #5d6875; }
      .in { fill: #c8401a; } .out { fill: #2156b0; } .some { fill: #2156b0; } .every { fill: #a3123a; } .none { fill: #ffffff; }
      .cell { stroke: #d5dae1; }
      </style>
      <rect width="100%" height="100%" fill="#f5f7fa"/>
      <text class="head" x="26" y="36">\(XML.escaped(title))</text>
      <text class="soft" x="26" y="58">From the namespace of a row to that of a column. Red: every pair of workloads can connect. Blue: some pairs; the darker, the more.</text>
      <text class="soft" x="26" y="76">▲ workloads entered from outside, ▼ workloads that reach outside. A cell under the pointer tells its ports.</text>

      """
    for (index, group) in groups.enumerated() {
      let x = left + (Double(index) + 0.5) * cell
      text +=
        "<text class=\"name\" transform=\"translate(\(Self.number(x + 4)) \(Self.number(top - 8))) rotate(-60)\">\(XML.escaped(Self.fitted(group.name, 18)))</text>\n"
      let y = top + (Double(index) + 0.5) * cell + 4
      let entered = group.items.count { $0.entered }
      let leaving = group.items.count { $0.leaving }
      text +=
        "<text class=\"name\" x=\"26\" y=\"\(Self.number(y))\">\(XML.escaped(Self.fitted(group.name, 22)))</text>"
        + "<text class=\"soft\" x=\"182\" y=\"\(Self.number(y))\">\(group.items.count)</text>"
      if entered > 0 { text += "<text class=\"in\" x=\"212\" y=\"\(Self.number(y))\">▲ \(entered)</text>" }
      if leaving > 0 { text += "<text class=\"out\" x=\"252\" y=\"\(Self.number(y))\">▼ \(leaving)</text>" }
      text += "\n"
    }
    var cells: [Int: (open: Int, all: Int, label: String)] = [:]
    for link in links { cells[link.from * groups.count + link.to] = (link.open, link.all, link.label) }
    for (index, group) in groups.enumerated() {
      cells[index * groups.count + index] = (group.inner.open, group.inner.all, "within")
    }
    for from in groups.indices {
      for to in groups.indices {
        let known = cells[from * groups.count + to] ?? (0, groups[from].items.count * groups[to].items.count, "")
        let isEvery = known.all > 0 && known.open == known.all
        // A single open pair among many must still be visible.
        let share = known.all == 0 ? 0 : 0.25 + 0.75 * Double(known.open) / Double(known.all)
        let opacity = known.open == 0 ? "" : " fill-opacity=\"\(Self.number(share))\""
        text +=
          "<rect class=\"cell \(known.open == 0 ? "none" : isEvery ? "every" : "some")\"\(opacity) x=\"\(Self.number(left + Double(to) * cell))\" y=\"\(Self.number(top + Double(from) * cell))\" width=\"\(Self.number(cell))\" height=\"\(Self.number(cell))\"><title>\(XML.escaped("\(groups[from].name) to \(groups[to].name): \(known.open) of \(Phrase.count(known.all, "pair"))\(known.label.isEmpty ? "" : ", \(known.label)")"))</title></rect>\n"
      }
    }
    return text + "</svg>\n"
  }

  /// The picture in an HTML page.
  package var html: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head><meta charset="utf-8"><title>\(XML.escaped(title))</title>
    <style>body { margin: 0; background: #f5f7fa; } svg { display: block; max-width: 100%; height: auto; margin: 0 auto; }</style></head>
    <body>
    \(svg)</body>
    </html>

    """
  }

  /// The map for Graphviz, with namespaces as clusters of their workloads.
  package var dot: String {
    func quoted(_ text: String) -> String {
      "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
    }
    var text = "digraph map {\n  compound=true;\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n"
    for (index, group) in groups.enumerated() {
      text += "  subgraph cluster_\(index) {\n    label=\(quoted(group.name));\n"
      for (position, item) in group.items.enumerated() {
        text += "    n\(index)_\(position) [label=\(quoted(item.name))];\n"
      }
      text += "  }\n"
    }
    for link in links where !groups[link.from].items.isEmpty && !groups[link.to].items.isEmpty {
      let label = "\(link.open)/\(link.all) \(link.label)"
      text +=
        "  n\(link.from)_0 -> n\(link.to)_0 [ltail=cluster_\(link.from), lhead=cluster_\(link.to), label=\(quoted(label))];\n"
    }
    return text + "}\n"
  }
}
