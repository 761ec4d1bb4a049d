package import Bytes
import Findings
package import Kube
package import Reach

/// All connections that policies allow (`network reach`).
package struct ConnectivityAnswer: KindOfAnswer {
  package static let kind = "Connectivity"
  package static let formats: [OutputFormat] = [.table, .json, .csv, .dot, .summary]

  private let model: ReachModel
  private let options: ConnectivityStream.Options
  private let port: UInt16?
  private let namespace: String?

  package var notSeen: [NotSeen] { model.notSeenOfAll }

  /// - Parameters:
  ///   - port: leaves only connections on it; nil for all.
  ///   - namespace: leaves only those with an end in it; nil for all.
  package init(
    _ model: ReachModel, _ options: ConnectivityStream.Options, port: UInt16? = nil, namespace: String? = nil
  ) {
    self.namespace = namespace
    self.model = model
    self.options = options
    self.port = port
  }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .csv: rows(to: sink)
    case .dot: sink(Array(graph(connections).utf8))
    case .summary: sink(Array(Self.summary(ConnectivitySummary(model)).utf8))
    default: sink(Array(wholeText(terminal).utf8))
    }
  }

  /// Ends by their places in the stream's list, and the number of their set of ports.
  private func visit(_ stream: ConnectivityStream, _ body: (Int, Int, ConnectivityStream.Ports) -> Void) {
    var isAsked: [ConnectivityStream.Ports: Bool] = [:]
    let isInside = namespace.map { namespace in stream.names.map { $0.hasPrefix(namespace + "/") } }
    stream.visit { source, destination, ports in
      if let isInside, !isInside[source], !isInside[destination] { return }
      guard let port else { return body(source, destination, ports) }
      if isAsked[ports] == nil {
        let set = stream.ports(ports)
        isAsked[ports] = ConnectionSet.TransportProtocol.allCases.contains { set.contains($0, port) }
      }
      if isAsked[ports] == true { body(source, destination, ports) }
    }
  }

  private var connections: [Connectivity.Connection] {
    let stream = ConnectivityStream(model, options)
    var connections: [Connectivity.Connection] = []
    visit(stream) { source, destination, ports in
      connections.append(
        Connectivity.Connection(
          source: stream.ends[source], destination: stream.ends[destination], ports: stream.ports(ports)))
    }
    return connections
  }

  private func rows(to sink: ([UInt8]) -> Void) {
    let stream = ConnectivityStream(model, options)
    var text = CSV.text([["src", "dst", "connections"]])
    var texts: [ConnectivityStream.Ports: String] = [:]
    visit(stream) { source, destination, ports in
      if texts[ports] == nil { texts[ports] = stream.ports(ports).text }
      text += CSV.text([[stream.names[source], stream.names[destination], texts[ports] ?? ""]])
      if text.utf8.count > 1 << 18 {
        sink(Array(text.utf8))
        text = ""
      }
    }
    for item in notSeen { text += CSV.text([["?", item.kind.text, "not seen: \(item.reason)"]]) }
    sink(Array(text.utf8))
  }

  /// Row by row; the text of an end and of a set of ports is made once, since there may be millions of rows.
  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    let stream = ConnectivityStream(model, options)
    // The answer, its list, and the row in it.
    let depth = 2
    let sources = stream.names.map { name in JSONWriter.members(depth: depth, pretty: true) { $0.field("src", name) } }
    let destinations = stream.names.map { name in
      JSONWriter.members(depth: depth, pretty: true) { $0.field("dst", name) }
    }
    var known: [ConnectivityStream.Ports: [UInt8]] = [:]
    func connections(_ number: ConnectivityStream.Ports) -> [UInt8] {
      if let bytes = known[number] { return bytes }
      let ports = stream.ports(number)
      let bytes = JSONWriter.members(depth: depth, pretty: true) { writer in
        writer.key("conns")
        Self.write(ports, &writer)
        let conditional = ports.conditional
        guard !conditional.isEmpty else { return }
        writer.key("l7")
        writer.array(of: conditional) { writer, part in
          writer.object { writer in
            writer.field("condition", part.condition.text)
            writer.key("conns")
            Self.write(part.ports, &writer)
          }
        }
      }
      known[number] = bytes
      return bytes
    }
    let classes = zip(stream.ends, stream.names).compactMap { end, name -> (PodClassID, String)? in
      guard case .podClass(let id) = end else { return nil }
      return (id, name)
    }
    if !classes.isEmpty {
      writer.key("classes")
      writer.array(of: classes) { writer, item in
        writer.object { writer in
          writer.field("name", item.1)
          writer.field("members", model.cluster[item.0].endpoints.map { model.cluster[$0].pod.text }.sorted())
        }
        writer.drain(to: sink)
      }
    }
    writer.key("connections")
    writer.array { writer in
      visit(stream) { source, destination, ports in
        writer.object(members: sources[source], destinations[destination], connections(ports))
        writer.drain(to: sink)
      }
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
    let connections = connections
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
    \(sum.pods) \(Phrase.noun(sum.pods, "pod or workload", "pods and workloads")) in \(Phrase.count(sum.podClasses, "class")) that policies can tell apart
    \(sum.pairs) of \(sum.pods * (sum.pods - 1)) pairs can connect, by \(Phrase.count(sum.portSets, "different set")) of ports
    external addresses reach \(sum.entered) and are reached by \(sum.leaving)

    """
  }

  private func graph(_ connections: [Connectivity.Connection]) -> String {
    var text = notSeen.map { "// not seen: \(Terminal.printable($0.kind.text + ": " + $0.reason))\n" }.joined()
    text += "digraph reach {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n"
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
