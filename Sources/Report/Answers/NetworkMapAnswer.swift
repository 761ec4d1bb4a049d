import Findings
package import Reach

/// A picture of what can talk to what (`network map`).
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
  /// Namespaces with their workloads, and for each pair of namespaces how many pairs of workloads can connect.
  init(title: String, _ model: ReachModel) {
    var members: [String: Set<Subject>] = [:]
    for endpoint in model.cluster.endpoints where !endpoint.isHost {
      members[endpoint.namespace, default: []].insert(endpoint.workload)
    }
    let names = members.keys.sorted()
    let index = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    var entered = Set<ConnectionEnd>()
    var leaving = Set<ConnectionEnd>()
    var pairs: [Int: (open: Int, ports: Set<String>)] = [:]
    for connection in Connectivity(model, granularity: .workloads).connections {
      if connection.source.isExternal {
        entered.insert(connection.destination)
      } else if connection.destination.isExternal {
        leaving.insert(connection.source)
      } else if let from = connection.source.namespace.flatMap({ index[$0] }),
        let to = connection.destination.namespace.flatMap({ index[$0] })
      {
        pairs[from * names.count + to, default: (0, [])].open += 1
        pairs[from * names.count + to]?.ports.insert(connection.ports.text)
      }
    }
    let groups = names.enumerated().map { position, name -> Group in
      let own = (members[name] ?? []).map { (workload: $0, text: "\($0.name)[\($0.kind)]") }.sorted {
        $0.text < $1.text
      }
      return Group(
        name: name,
        items: own.map {
          Item(
            name: $0.text, entered: entered.contains(.workload($0.workload)),
            leaving: leaving.contains(.workload($0.workload)))
        }, inner: (pairs[position * names.count + position]?.open ?? 0, own.count * (own.count - 1)))
    }
    let links = pairs.sorted { $0.key < $1.key }.compactMap { key, pair -> Link? in
      let from = key / names.count
      let to = key % names.count
      guard from != to else { return nil }
      return Link(
        from: from, to: to, open: pair.open, all: groups[from].items.count * groups[to].items.count,
        label: pair.ports.count == 1 ? pair.ports.first ?? "" : "various ports")
    }
    self.init(title: title, groups: groups, links: links)
  }
}
