package import Bytes
import Findings
package import Reach

/// All connections that the policies leave open (`network reach`).
package struct ConnectivityAnswer: KindOfAnswer {
  package static let kind = "Connectivity"
  package static let formats: [OutputFormat] = [.table, .json, .csv, .dot, .summary]

  private let connections: [Connectivity.Connection]
  private let model: ReachModel

  package init(_ connections: [Connectivity.Connection], _ model: ReachModel) {
    self.connections = connections
    self.model = model
  }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .csv:
      let table = TextTable(
        columns: ["src", "dst", "connections"],
        rows: connections.map { [$0.source.text, $0.destination.text, $0.ports.text] })
      sink(Array(table.csv.utf8))
    case .dot: sink(Array(graph.utf8))
    case .summary: sink(Array(Self.summary(ConnectivitySummary(model)).utf8))
    default: sink(Array(text(terminal).utf8))
    }
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("connections")
    writer.array(of: connections) { writer, connection in
      writer.object { writer in
        writer.field("src", connection.source.text)
        writer.field("dst", connection.destination.text)
        writer.key("conns")
        Self.write(connection.ports, &writer)
        let conditional = connection.ports.conditional
        if !conditional.isEmpty {
          writer.key("l7")
          writer.array(of: conditional) { writer, part in
            writer.object { writer in
              writer.field("condition", part.condition.text)
              writer.key("conns")
              Self.write(part.ports, &writer)
            }
          }
        }
      }
      writer.drain(to: sink)
    }
  }

  private static func write(_ ports: ConnectionSet, _ writer: inout JSONWriter) {
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

  package func text(_ terminal: Terminal) -> String {
    let table = TextTable(
      columns: ["from", "to", "ports"],
      rows: connections.map { [$0.source.text, $0.destination.text, $0.ports.text] })
    let workloads = Set(model.cluster.endpoints.map(\.workload)).count
    let inside = connections.count { !$0.source.isExternal && !$0.destination.isExternal }
    let entered = Set(connections.filter(\.source.isExternal).map(\.destination)).count
    let leaving = Set(connections.filter(\.destination.isExternal).map(\.source)).count
    return table.text(terminal)
      + "\(Phrase.count(workloads, "workload")): \(inside) of \(workloads * (workloads - 1)) pairs can connect; external addresses reach \(entered) and are reached by \(leaving).\n"
  }

  private static func summary(_ sum: ConnectivitySummary) -> String {
    """
    \(sum.pods) pods and workloads in \(sum.podClasses) classes that policies can tell apart
    \(sum.pairs) of \(sum.pods * (sum.pods - 1)) pairs can connect, by \(sum.portSets) different sets of ports
    external addresses reach \(sum.entered) and are reached by \(sum.leaving)

    """
  }

  private var graph: String {
    var text = "digraph reach {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n"
    let ends = Set(connections.flatMap { [$0.source, $0.destination] })
    let groups = Dictionary(grouping: ends) { end in
      end.isExternal ? "" : end.namespace ?? String(end.text.prefix { $0 != "/" })
    }
    for (position, group) in groups.sorted(by: { $0.key < $1.key }).enumerated() {
      if group.key.isEmpty {
        for name in group.value.map(\.text).sorted() { text += "  \(Graphviz.quoted(name)) [shape=ellipse];\n" }
        continue
      }
      text += "  subgraph cluster_\(position) {\n    label=\(Graphviz.quoted(group.key));\n"
      for name in group.value.map(\.text).sorted() {
        let label = String(name.drop { $0 != "/" }.dropFirst())
        text += "    \(Graphviz.quoted(name)) [label=\(Graphviz.quoted(label))];\n"
      }
      text += "  }\n"
    }
    for connection in connections {
      let ends = "\(Graphviz.quoted(connection.source.text)) -> \(Graphviz.quoted(connection.destination.text))"
      text += "  \(ends) [label=\(Graphviz.quoted(connection.ports.text))];\n"
    }
    return text + "}\n"
  }
}
