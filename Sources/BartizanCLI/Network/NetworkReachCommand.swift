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
  /// Pods that no policy tells apart.
  case classes

  var granularity: Connectivity.Granularity {
    switch self {
    case .workloads: .workloads
    case .pods: .pods
    case .classes: .classes
    }
  }
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

      A pair that is absent has no connection; what a workload's pods say to each other is not listed. --endpoints classes
      lists pods that no policy tells apart as one end, which is much shorter for large clusters; JSON names the members.
      """)

  @OptionGroup var input: NetworkSources
  @Option(help: "workloads, pods or classes.") var endpoints: EndpointKind = .workloads
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
    var options = ConnectivityStream.Options()
    options.granularity = endpoints.granularity
    options.onlyExternal = onlyExternal
    if let from { options.isSource = { $0.hasPrefix(from) } }
    if let to { options.isDestination = { $0.hasPrefix(to) } }
    let stream = ConnectivityStream(model, options)
    var isAsked: [ConnectivityStream.Ports: Bool] = [:]
    func visit(_ body: (Int, Int, ConnectivityStream.Ports) -> Void) {
      stream.visit { source, destination, ports in
        guard let number else { return body(source, destination, ports) }
        if isAsked[ports] == nil {
          let set = stream.ports(ports)
          isAsked[ports] = ConnectionSet.TransportProtocol.allCases.contains { set.contains($0, number) }
        }
        if isAsked[ports] == true { body(source, destination, ports) }
      }
    }
    switch format {
    case .json: writeJSON(model, stream, visit)
    case .csv:
      var text = TextTable("", columns: ["src", "dst", "connections"], rows: []).csv
      var texts: [ConnectivityStream.Ports: String] = [:]
      visit { source, destination, ports in
        if texts[ports] == nil { texts[ports] = stream.ports(ports).text }
        text += TextTable.csvLine([stream.names[source], stream.names[destination], texts[ports] ?? ""])
        if text.utf8.count > 1 << 18 {
          StandardOutput.write(text)
          text = ""
        }
      }
      StandardOutput.write(text)
    case .dot, .table:
      var connections: [Connectivity.Connection] = []
      visit { source, destination, ports in
        connections.append(
          Connectivity.Connection(
            source: stream.ends[source], destination: stream.ends[destination], ports: stream.ports(ports)))
      }
      if format == .dot {
        StandardOutput.write(dot(connections))
        return
      }
      let sheet = TextTable(
        "", columns: ["from", "to", "ports"],
        rows: connections.map { [$0.source.text, $0.destination.text, $0.ports.text] })
      StandardOutput.write(
        sheet.text(Terminal(width: StandardOutput.width, colour: false)) + summary(model, connections))
    case .summary: break
    }
  }

  /// Row by row; the text of an end and of a set of ports is made once, since there may be millions of rows.
  private func writeJSON(
    _ model: ReachModel, _ stream: ConnectivityStream,
    _ visit: ((Int, Int, ConnectivityStream.Ports) -> Void) -> Void
  ) {
    // The answer, its list, and the row in it.
    let depth = 2
    let sources = stream.names.map { name in
      JSONWriter.members(depth: depth, pretty: true) { $0.field("src", name) }
    }
    let destinations = stream.names.map { name in
      JSONWriter.members(depth: depth, pretty: true) { $0.field("dst", name) }
    }
    var known: [ConnectivityStream.Ports: [UInt8]] = [:]
    func connections(_ number: ConnectivityStream.Ports) -> [UInt8] {
      if let bytes = known[number] { return bytes }
      let ports = stream.ports(number)
      let bytes = JSONWriter.members(depth: depth, pretty: true) { writer in
        writer.key("conns")
        write(ports, &writer)
        let conditional = ports.conditional
        guard !conditional.isEmpty else { return }
        writer.key("l7")
        writer.array(of: conditional) { writer, part in
          writer.object { writer in
            writer.field("condition", part.condition.text)
            writer.key("conns")
            write(part.ports, &writer)
          }
        }
      }
      known[number] = bytes
      return bytes
    }
    var writer = JSONWriter(pretty: true)
    writer.answer("Connectivity") { writer in
      if endpoints == .classes {
        writer.key("classes")
        writer.array { writer in
          for (end, name) in zip(stream.ends, stream.names) {
            guard case .podClass(let id) = end else { continue }
            writer.object { writer in
              writer.field("name", name)
              writer.field("members", model.cluster[id].endpoints.map { model.cluster[$0].pod.text }.sorted())
            }
            writer.drain(to: { StandardOutput.write($0) })
          }
        }
      }
      writer.key("connections")
      writer.array { writer in
        visit { source, destination, ports in
          writer.object(members: sources[source], destinations[destination], connections(ports))
          writer.drain(to: { StandardOutput.write($0) })
        }
      }
    }
    writer.endLine()
    writer.drain(to: { StandardOutput.write($0) }, atLeast: 0)
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
