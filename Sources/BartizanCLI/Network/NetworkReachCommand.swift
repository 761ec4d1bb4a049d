import ArgumentParser
import Bytes
import Findings
import Reach
import Report

enum ReachFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
  case table
  case json
  case csv
  case dot
  case summary
}

enum EndpointKind: String, ExpressibleByArgument, CaseIterable, Sendable {
  case workloads
  case pods
}

struct NetworkReachCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reach", abstract: "All connections that the policies leave open.",
    discussion: """
      EXAMPLES
        bartizan network reach -f examples/cluster
        bartizan network reach --to payments/orders-db --format csv -f examples/cluster
        bartizan network reach --only-external --format json -f cluster.yaml
        bartizan network reach --format dot -f examples/cluster | dot -Tsvg > map.svg

      A pair that is absent has no connection; what a workload's pods say to each other is not listed.
      """)

  @OptionGroup var input: NetworkSources
  @Option(help: "workloads or pods.") var endpoints: EndpointKind = .workloads
  @Option(name: .long, help: "Only from ends whose name begins so, such as a namespace and a slash.") var from: String?
  @Option(help: "Only to ends whose name begins so.") var to: String?
  @Option(help: "Only connections on this port.") var port: Int?
  @Flag(help: "Only connections with external addresses.") var onlyExternal = false
  @Option(help: "table, json, csv, dot or summary.") var format: ReachFormat = .table

  func run() async throws {
    let model = try await input.model()
    if format == .summary {
      guard from == nil, to == nil, port == nil, !onlyExternal else {
        throw BartizanError(
          .usage, "--format summary counts everything; it goes with no --from, --to, --port or --only-external")
      }
      let sum = ConnectivitySummary(model)
      StandardOutput.write(
        """
        \(sum.pods) pods and workloads in \(sum.podClasses) classes that policies can tell apart
        \(sum.pairs) of \(sum.pods * (sum.pods - 1)) pairs can connect, by \(sum.portSets) different sets of ports
        external addresses reach \(sum.entered) and are reached by \(sum.leaving)

        """)
      return
    }
    let number = try port.map(NetworkCanCommand.number)
    let connectivity = Connectivity(
      model, granularity: endpoints == .pods ? .pods : .workloads, onlyExternal: onlyExternal
    ) {
      source, destination in
      (from.map { source.hasPrefix($0) } ?? true) && (to.map { destination.hasPrefix($0) } ?? true)
    }
    let connections = connectivity.connections.filter { connection in
      number.map { port in ConnectionSet.TransportProtocol.allCases.contains { connection.ports.contains($0, port) } }
        ?? true
    }
    switch format {
    case .json:
      var writer = JSONWriter(pretty: true)
      writer.answer("Connectivity") { writer in
        writer.key("connections")
        writer.array(of: connections) { writer, connection in
          writer.object { writer in
            writer.field("src", connection.source.text)
            writer.field("dst", connection.destination.text)
            writer.key("conns")
            write(connection.ports, &writer)
            let conditional = connection.ports.conditional
            if !conditional.isEmpty {
              writer.key("l7")
              writer.array(of: conditional) { writer, part in
                writer.object { writer in
                  writer.field("condition", part.condition.text)
                  writer.key("conns")
                  write(part.ports, &writer)
                }
              }
            }
          }
          writer.drain(to: { StandardOutput.write($0) })
        }
      }
      writer.endLine()
      writer.drain(to: { StandardOutput.write($0) }, atLeast: 0)
    case .csv:
      StandardOutput.write(
        TextTable(
          "", columns: ["src", "dst", "connections"],
          rows: connections.map { [$0.source.text, $0.destination.text, $0.ports.text] }
        ).csv)
    case .dot: StandardOutput.write(dot(connections))
    case .table:
      let sheet = TextTable(
        "", columns: ["from", "to", "ports"],
        rows: connections.map { [$0.source.text, $0.destination.text, $0.ports.text] })
      StandardOutput.write(
        sheet.text(Terminal(width: StandardOutput.width, colour: false)) + summary(model, connections))
    case .summary: break
    }
  }

  private func write(_ ports: ConnectionSet, _ writer: inout JSONWriter) {
    writer.object { writer in
      for transport in ConnectionSet.TransportProtocol.allCases where !ports.ports(transport).isEmpty {
        writer.key(transport.name)
        writer.array(of: ports.ports(transport)) { writer, interval in
          writer.array {
            $0.value(Int(interval.lowerBound))
            $0.value(Int(interval.upperBound))
          }
        }
      }
    }
  }

  private func summary(_ model: ReachModel, _ connections: [Connectivity.Connection]) -> String {
    let workloads = Set(model.cluster.endpoints.map(\.workload))
    let inside = connections.filter { !$0.source.isExternal && !$0.destination.isExternal }
    let entered = Set(connections.filter(\.source.isExternal).map(\.destination)).count
    let leaving = Set(connections.filter(\.destination.isExternal).map(\.source)).count
    let possible = workloads.count * (workloads.count - 1)
    return
      "\(workloads.count) workloads: \(inside.count) of \(possible) pairs can connect; external addresses reach \(entered) and are reached by \(leaving).\n"
  }

  private func dot(_ connections: [Connectivity.Connection]) -> String {
    func quoted(_ text: String) -> String {
      "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
    }
    var text = "digraph reach {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n"
    let ends = Set(connections.flatMap { [$0.source, $0.destination] })
    let groups = Dictionary(grouping: ends) { end in
      end.isExternal ? "" : end.namespace ?? String(end.text.prefix { $0 != "/" })
    }
    for (position, group) in groups.sorted(by: { $0.key < $1.key }).enumerated() {
      if group.key.isEmpty {
        for name in group.value.map(\.text).sorted() { text += "  \(quoted(name)) [shape=ellipse];\n" }
        continue
      }
      text += "  subgraph cluster_\(position) {\n    label=\(quoted(group.key));\n"
      for name in group.value.map(\.text).sorted() {
        text += "    \(quoted(name)) [label=\(quoted(String(name.drop { $0 != "/" }.dropFirst())))];\n"
      }
      text += "  }\n"
    }
    for connection in connections {
      text +=
        "  \(quoted(connection.source.text)) -> \(quoted(connection.destination.text)) [label=\(quoted(connection.ports.text))];\n"
    }
    return text + "}\n"
  }
}
