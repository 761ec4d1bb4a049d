import ArgumentParser
import Operations
import Reach
import Report

enum EndpointKind: String, ExpressibleByArgument, CaseIterable, Sendable {
  case workloads
  case pods
}

struct NetworkReachCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reach", abstract: "List all connections that the policies allow.",
    discussion: """
      EXAMPLES
        bartizan network reach -f examples/cluster
        bartizan network reach --to payments/orders-db -o csv -f examples/cluster
        bartizan network reach --only-external -o json -f cluster.yaml
        bartizan network reach -o dot -f examples/cluster | dot -Tsvg > map.svg

      A pair that is absent has no connection; connections among a workload's own pods are not listed.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @OptionGroup var options: ReachOptions
  @Option(help: "workloads or pods.") var endpoints: EndpointKind = .workloads
  @Option(name: .long, help: "Only from ends whose name begins so, such as a namespace and a slash.") var from: String?
  @Option(help: "Only to ends whose name begins so.") var to: String?
  @Option(help: "Only connections on this port.") var port: Int?
  @Flag(help: "Only connections with external addresses.") var onlyExternal = false
  @OptionGroup var output: OutputOptions<ConnectivityAnswer>

  func validate() throws {
    guard output.formats.contains(.summary) else { return }
    guard from == nil, to == nil, port == nil, !onlyExternal else {
      throw ValidationError(
        "the summary counts everything; it does not go with --from, --to, --port or --only-external")
    }
  }

  func run() async throws {
    let number = try port.map(ConnectionQuestion.number)
    let model = options.operation.tellingModel(of: try await input.snapshot(cluster))
    // A summary is made without listing the connections of a large cluster.
    guard output.formats != [.summary] else { return try output.give(ConnectivityAnswer([], model)) }
    let connectivity = Connectivity(
      model, granularity: endpoints == .pods ? .pods : .workloads, onlyExternal: onlyExternal
    ) { source, destination in
      (from.map { source.hasPrefix($0) } ?? true) && (to.map { destination.hasPrefix($0) } ?? true)
    }
    let connections = connectivity.connections.filter { connection in
      guard let number else { return true }
      return ConnectionSet.TransportProtocol.allCases.contains { connection.ports.contains($0, number) }
    }
    try output.give(ConnectivityAnswer(connections, model))
  }
}
