import Findings
package import Reach

/// A picture of possible connections (`network map`).
package struct NetworkMapAnswer: Answer {
  package static let formats: [OutputFormat] = [.svg, .html, .dot]

  private let picture: MapPicture

  package init(title: String, _ model: ReachModel) { picture = MapPicture(title: title, model) }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    let text =
      switch format {
      case .html: picture.html
      case .dot: picture.dot
      default: picture.svg
      }
    sink(Array(text.utf8))
  }
}

extension MapPicture {
  /// Namespaces with their workloads, and for each pair of namespaces the number of pairs of workloads that can
  /// connect.
  init(title: String, _ model: ReachModel) {
    let map = NamespaceMap(model)
    let inner = Dictionary(uniqueKeysWithValues: map.links.filter { $0.from == $0.to }.map { ($0.from, $0.open) })
    let groups = map.namespaces.enumerated().map { place, namespace in
      let count = namespace.workloads.count
      return Group(
        name: namespace.name,
        items: namespace.workloads.map {
          Item(name: "\($0.subject.name)[\($0.subject.kind)]", entered: $0.isEntered, leaving: $0.isLeaving)
        }, inner: (inner[place] ?? 0, count * (count - 1)))
    }
    let links = map.links.filter { $0.from != $0.to }.map { link in
      Link(from: link.from, to: link.to, open: link.open, all: link.all, label: link.ports?.text ?? "various ports")
    }
    self.init(title: title, groups: groups, links: links)
  }
}
