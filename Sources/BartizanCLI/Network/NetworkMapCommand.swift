import ArgumentParser
import Findings
import Reach
import Report
import Transport

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
    var members: [String: Set<Subject>] = [:]
    for endpoint in model.cluster.endpoints where !endpoint.isHost {
      members[endpoint.namespace, default: []].insert(endpoint.workload)
    }
    let names = members.keys.sorted()
    let index = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    var entered = Set<ConnectionEnd>()
    var leaving = Set<ConnectionEnd>()
    var pairs: [Int: (open: Int, ports: Set<String>)] = [:]
    for connection in connectivity.connections {
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
    let groups = names.enumerated().map { position, name -> MapPicture.Group in
      let own = (members[name] ?? []).map { (workload: $0, text: "\($0.name)[\($0.kind)]") }.sorted {
        $0.text < $1.text
      }
      return MapPicture.Group(
        name: name,
        items: own.map {
          MapPicture.Item(
            name: $0.text, entered: entered.contains(.workload($0.workload)),
            leaving: leaving.contains(.workload($0.workload)))
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
      try FileWriter.write(Array(text.utf8), to: output)
    } else {
      StandardOutput.write(text)
    }
  }
}
