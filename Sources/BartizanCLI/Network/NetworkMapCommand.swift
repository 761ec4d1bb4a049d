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
    let map = NamespaceMap(model)
    let inner = Dictionary(uniqueKeysWithValues: map.links.filter { $0.from == $0.to }.map { ($0.from, $0.open) })
    let groups = map.namespaces.enumerated().map { place, namespace in
      let count = namespace.workloads.count
      return MapPicture.Group(
        name: namespace.name,
        items: namespace.workloads.map {
          MapPicture.Item(
            name: "\($0.subject.name)[\($0.subject.kind)]", entered: $0.isEntered, leaving: $0.isLeaving)
        }, inner: (inner[place] ?? 0, count * (count - 1)))
    }
    let links = map.links.filter { $0.from != $0.to }.map { link in
      MapPicture.Link(
        from: link.from, to: link.to, open: link.open, all: link.all, label: link.ports?.text ?? "various ports")
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
