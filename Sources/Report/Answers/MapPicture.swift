import Bytes
import Glibc

/// A picture of possible connections: namespaces as boxes on an ellipse with their workloads inside, and curves for
/// connections between namespaces. With too many namespaces for curves, a matrix.
package struct MapPicture: Sendable {
  /// A workload. `entered`: reachable from some address outside; `leaving`: can reach one.
  package struct Item: Sendable {
    package let name: String
    package let entered: Bool
    package let leaving: Bool

    package init(name: String, entered: Bool, leaving: Bool) {
      self.name = name
      self.entered = entered
      self.leaving = leaving
    }
  }

  /// A namespace with its workloads.
  package struct Group: Sendable {
    package let name: String
    package let items: [Item]
    /// Number of pairs within the group that can connect, and of all pairs.
    package let inner: (open: Int, all: Int)

    package init(name: String, items: [Item], inner: (open: Int, all: Int)) {
      self.name = name
      self.items = items
      self.inner = inner
    }
  }

  /// Connections from one namespace to another; `open` of `all` ordered pairs of workloads can connect.
  package struct Link: Sendable {
    /// Indexes of groups.
    package let from: Int
    package let to: Int
    package let open: Int
    package let all: Int
    /// The ports, where all pairs have the same and the text is short.
    package let label: String

    package init(from: Int, to: Int, open: Int, all: Int, label: String) {
      self.from = from
      self.to = to
      self.open = open
      self.all = all
      self.label = label
    }
  }

  let groups: [Group]
  let links: [Link]
  let title: String

  package init(title: String, groups: [Group], links: [Link]) {
    self.title = title
    self.groups = groups
    self.links = links
  }

  private static let width = 230.0
  private static let row = 16.0
  private static let most = 28

  private func height(_ group: Group) -> Double {
    46 + Double(min(group.items.count, Self.most) + (group.items.count > Self.most ? 1 : 0)) * Self.row
  }

  /// The complete picture as SVG, without scripts or external references.
  package var svg: String { groups.count > Self.mostArrows ? matrix : arrows }

  private var arrows: String {
    let count = max(1, groups.count)
    let tallest = groups.map(height).max() ?? 60
    let radiusX = max(330.0, Double(count) * (Self.width + 40) / 5.2)
    let radiusY = max(220.0, Double(count) * (tallest + 30) / 6.5)
    let centre = (x: radiusX + Self.width / 2 + 30, y: radiusY + tallest / 2 + 70)
    let size = (x: 2 * centre.x, y: 2 * radiusY + tallest + 140)
    let places = groups.indices.map { index -> (x: Double, y: Double) in
      if count == 1 { return centre }
      let angle = 2 * Double.pi * Double(index) / Double(count) - Double.pi / 2
      return (centre.x + radiusX * cos(angle), centre.y + radiusY * sin(angle))
    }
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(size.x)) \(Int(size.y))" font-family="system-ui, sans-serif" font-size="12">
      <style>
      .box { fill: #ffffff; stroke: #9aa6b4; } .name { font-weight: 700; font-size: 14px; fill: #1d232b; }
      .item { fill: #1d232b; } .soft { fill: #5d6875; } .in { fill: #c8401a; } .out { fill: #2456b3; }
      .all { stroke: #a3123a; } .some { stroke: #2456b3; } .label { fill: #1d232b; font-size: 11px; paint-order: stroke; stroke: #f6f7f9; stroke-width: 4px; }
      </style>
      <rect width="100%" height="100%" fill="#f6f7f9"/>
      <defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="10" markerHeight="10" orient="auto-start-reverse"><path d="M0 0 8 4 0 8z" fill="context-stroke"/></marker></defs>
      <text x="24" y="34" class="name">\(XML.escaped(title))</text>
      <text x="24" y="54" class="soft">Red: every pair can connect. Blue: some pairs, or some ports. ▲ entered from outside, ▼ reaches outside.</text>

      """
    for link in links {
      let from = edge(places[link.from], places[link.to], groups[link.from])
      let to = edge(places[link.to], places[link.from], groups[link.to])
      // The curve bends to its own right, so that both directions of a pair are visible.
      let middle = (x: (from.x + to.x) / 2, y: (from.y + to.y) / 2)
      let length = max(1, hypot(to.x - from.x, to.y - from.y))
      let lean = min(60, length / 6)
      let bend = (
        x: middle.x * 0.8 + centre.x * 0.2 - (to.y - from.y) / length * lean,
        y: middle.y * 0.8 + centre.y * 0.2 + (to.x - from.x) / length * lean
      )
      let style = link.open == link.all && link.label == "all" ? "all" : "some"
      let weight = 1 + 2.5 * Double(link.open) / Double(max(1, link.all))
      text +=
        "<path class=\"\(style)\" d=\"M\(Self.at(from)) Q\(Self.at(bend)) \(Self.at(to))\" fill=\"none\" stroke-width=\"\(Self.number(weight))\" stroke-opacity=\"0.55\" marker-end=\"url(#arrow)\"><title>\(XML.escaped("\(groups[link.from].name) to \(groups[link.to].name): \(link.open) of \(Phrase.count(link.all, "pair")), \(link.label)"))</title></path>\n"
      // Where everything is open, labels on all lines would hide the exceptions.
      if style == "some" {
        let point = (x: 0.25 * from.x + 0.5 * bend.x + 0.25 * to.x, y: 0.25 * from.y + 0.5 * bend.y + 0.25 * to.y)
        text +=
          "<text class=\"label\" text-anchor=\"middle\" x=\"\(Self.number(point.x))\" y=\"\(Self.number(point.y))\">\(link.open)/\(link.all) \(XML.escaped(link.label))</text>\n"
      }
    }
    for (group, place) in zip(groups, places) { text += box(group, place) }
    return text + "</svg>\n"
  }

  private func box(_ group: Group, _ place: (x: Double, y: Double)) -> String {
    let left = place.x - Self.width / 2
    let top = place.y - height(group) / 2
    var text =
      "<rect class=\"box\" x=\"\(Self.number(left))\" y=\"\(Self.number(top))\" width=\"\(Self.number(Self.width))\" height=\"\(Self.number(height(group)))\" rx=\"6\"/>\n"
    text +=
      "<text class=\"name\" x=\"\(Self.number(left + 10))\" y=\"\(Self.number(top + 20))\">\(XML.escaped(Self.fitted(group.name, 24)))</text>\n"
    text +=
      "<text class=\"soft\" x=\"\(Self.number(left + 10))\" y=\"\(Self.number(top + 35))\">inside: \(group.inner.open) of \(Phrase.count(group.inner.all, "pair"))</text>\n"
    var y = top + 52
    for item in group.items.prefix(Self.most) {
      text +=
        "<text class=\"item\" x=\"\(Self.number(left + 10))\" y=\"\(Self.number(y))\">\(XML.escaped(Self.fitted(item.name, 30)))</text>\n"
      let right = left + Self.width
      if item.entered {
        text += "<text class=\"in\" x=\"\(Self.number(right - 32))\" y=\"\(Self.number(y))\">▲</text>\n"
      }
      if item.leaving {
        text += "<text class=\"out\" x=\"\(Self.number(right - 18))\" y=\"\(Self.number(y))\">▼</text>\n"
      }
      y += Self.row
    }
    if group.items.count > Self.most {
      text +=
        "<text class=\"soft\" x=\"\(Self.number(left + 10))\" y=\"\(Self.number(y))\">and \(group.items.count - Self.most) more</text>\n"
    }
    return text
  }

  /// The point where the line from the centre of a box to another point leaves the box.
  private func edge(_ from: (x: Double, y: Double), _ to: (x: Double, y: Double), _ group: Group) -> (
    x: Double, y: Double
  ) {
    let dx = to.x - from.x
    let dy = to.y - from.y
    guard dx != 0 || dy != 0 else { return from }
    let scaleX = dx == 0 ? Double.infinity : (Self.width / 2 + 6) / abs(dx)
    let scaleY = dy == 0 ? Double.infinity : (height(group) / 2 + 6) / abs(dy)
    let scale = min(scaleX, scaleY, 0.5)
    return (from.x + dx * scale, from.y + dy * scale)
  }

  static func fitted(_ text: String, _ length: Int) -> String {
    text.count <= length ? text : text.prefix(length - 1) + "…"
  }

  private static func at(_ point: (x: Double, y: Double)) -> String { "\(number(point.x)) \(number(point.y))" }

  /// One decimal is a tenth of a pixel.
  static func number(_ value: Double) -> String { String((value * 10).rounded() / 10) }
}
