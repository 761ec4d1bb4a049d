import Findings
package import Reach

/// A picture of possible connections (`network map`).
package struct NetworkMapAnswer: Answer {
  package static let formats: [OutputFormat] = [.svg, .html, .dot]

  private let picture: MapPicture

  /// - Parameter namespace: leaves only it and those that connect with it; nil for all.
  package init(title: String, _ model: ReachModel, namespace: String? = nil) {
    picture = MapPicture(title: title, model, namespace: namespace)
  }

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
  init(title: String, _ model: ReachModel, namespace: String?) {
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
    guard let namespace, let place = groups.firstIndex(where: { $0.name == namespace }) else {
      self.init(title: title, groups: groups, links: links)
      return
    }
    let near = links.filter { $0.from == place || $0.to == place }
    let kept = Set(near.flatMap { [$0.from, $0.to] }).union([place]).sorted()
    let places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
    self.init(
      title: title, groups: kept.map { groups[$0] },
      links: near.compactMap { link in
        guard let from = places[link.from], let to = places[link.to] else { return nil }
        return Link(from: from, to: to, open: link.open, all: link.all, label: link.label)
      })
  }
}
