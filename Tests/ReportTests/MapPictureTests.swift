import Report
import Testing

@Suite struct MapPictureTests {
  private static func picture(_ groups: Int, items: Int) -> MapPicture {
    MapPicture(
      title: "<a & b>",
      groups: (0..<groups).map { group in
        MapPicture.Group(
          name: "ns-\(group)<script>",
          items: (0..<items).map { MapPicture.Item(name: "w\($0)\"[Deployment]", entered: $0 == 0, leaving: true) },
          inner: (1, 2))
      },
      links: groups > 1 ? [MapPicture.Link(from: 0, to: 1, open: 1, all: 4, label: "TCP 80")] : [])
  }

  @Test(arguments: [(0, 0), (1, 1), (2, 3), (12, 25), (3, 100), (14, 6)])
  func everyPictureIsClosedAndEscaped(_ groups: Int, _ items: Int) {
    let svg = Self.picture(groups, items: items).svg
    #expect(svg == Self.picture(groups, items: items).svg)
    #expect(svg.hasPrefix("<svg") && svg.hasSuffix("</svg>\n"))
    #expect(!svg.contains("<script>") && svg.contains("&lt;a &amp; b&gt;"))
    #expect(!svg.contains("nan") && !svg.contains("inf"))
    for tag in ["text", "path", "style", "defs", "title"] {
      let opened = svg.split(separator: "<").count { $0.hasPrefix(tag + " ") || $0.hasPrefix(tag + ">") }
      let closed = svg.split(separator: "<").count { $0.hasPrefix("/" + tag + ">") }
      let own = tag == "path" ? svg.split(separator: "<").count { $0.hasPrefix("path ") && $0.hasSuffix("/>") } : 0
      #expect(opened == closed + own, "\(tag)")
    }
    if items > 28, groups <= 12 { #expect(svg.contains("and \(items - 28) more")) }
  }
}
