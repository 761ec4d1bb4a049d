import ArgumentParser
import Findings
import Reach
import Report

struct NetworkMapCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "map", abstract: "A picture of what can talk to what.",
    discussion: """
      EXAMPLES
        bartizan network map -o map.svg -f examples/cluster
        bartizan network map --format html -o map.html -f cluster.yaml

      Namespaces are boxes with their workloads; a link tells how many pairs of workloads can connect, and on which ports.
      More than twelve namespaces become a table, a cell for each pair of them. `reach --format dot` draws every connection.
      """)

  @OptionGroup var input: NetworkSources
  @Option(name: .shortAndLong, help: "Write to a file instead of standard output.", completion: .file()) var output:
    String?

  @Option(help: "svg, html or dot.") var format: MapFormat = .svg

  enum MapFormat: String, ExpressibleByArgument, CaseIterable {
    case svg
    case html
    case dot
  }

  func run() async throws {
    let model = try await input.model()
    let connectivity = Connectivity(model, granularity: .workloads)
    var members: [String: Set<String>] = [:]
    for endpoint in model.cluster.endpoints where !endpoint.isHost {
      members[endpoint.namespace, default: []].insert(endpoint.workloadText)
    }
    let names = members.keys.sorted()
    let index = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    func namespace(_ name: String) -> String { String(name.prefix { $0 != "/" }) }
    var entered = Set<String>()
    var leaving = Set<String>()
    var pairs: [Int: (open: Int, ports: Set<String>)] = [:]
    for connection in connectivity.connections {
      if connection.external == .source {
        entered.insert(connection.destination)
      } else if connection.external == .destination {
        leaving.insert(connection.source)
      } else if let from = index[namespace(connection.source)], let to = index[namespace(connection.destination)] {
        pairs[from * names.count + to, default: (0, [])].open += 1
        pairs[from * names.count + to]?.ports.insert(connection.ports.text)
      }
    }
    let groups = names.enumerated().map { position, name -> MapPicture.Group in
      let own = (members[name] ?? []).sorted()
      return MapPicture.Group(
        name: name,
        items: own.map {
          MapPicture.Item(
            name: String($0.drop { $0 != "/" }.dropFirst()), entered: entered.contains($0),
            leaving: leaving.contains($0))
        }, inner: (pairs[position * names.count + position]?.open ?? 0, own.count * (own.count - 1)))
    }
    let links = pairs.sorted { $0.key < $1.key }.compactMap { key, pair -> MapPicture.Link? in
      let from = key / names.count
      let to = key % names.count
      guard from != to else { return nil }
      return MapPicture.Link(
        from: from, to: to, open: pair.open, all: groups[from].items.count * groups[to].items.count,
        label: pair.ports.count == 1 ? pair.ports.first ?? "" : "various ports")
    }
    let picture = MapPicture(
      title: "Reachability of \(input.file.joined(separator: ", "))", groups: groups, links: links)
    let text =
      switch format {
      case .svg: picture.svg
      case .html: picture.html
      case .dot: picture.dot
      }
    if let output {
      try Descriptor.writeFile(output) { $0(Array(text.utf8)) }
    } else {
      StandardOutput.write(text)
    }
  }
}
