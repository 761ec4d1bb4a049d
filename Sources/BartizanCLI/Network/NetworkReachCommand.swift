import ArgumentParser
import Findings
import Operations
import Reach
import Report

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
    commandName: "reach", abstract: "List all connections that the policies allow.",
    discussion: """
      EXAMPLES
        bartizan network reach -f examples/cluster
        bartizan network reach --to payments/orders-db -o csv -f examples/cluster
        bartizan network reach --only-external -o json -f cluster.yaml
        bartizan network reach -o dot -f examples/cluster | dot -Tsvg > map.svg

      A pair that is absent has no connection; connections among a workload's own pods are not listed. \
      --endpoints classes lists pods that no policy tells apart as one end, which is much shorter for large clusters; \
      JSON names their members.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @OptionGroup var options: ReachOptions
  @OptionGroup var place: NetworkNamespace
  @Option(help: "workloads, pods or classes.") var endpoints: EndpointKind = .workloads
  @Option(name: .long, help: "Only from ends whose name begins so, such as a namespace and a slash.") var from: String?
  @Option(help: "Only to ends whose name begins so.") var to: String?
  @Option(help: "Only connections on this port.") var port: Int?
  @Flag(help: "Only connections with external addresses.") var onlyExternal = false
  @OptionGroup var output: OutputOptions<ConnectivityAnswer>

  func validate() throws {
    guard output.formats.contains(.summary) else { return }
    guard from == nil, to == nil, port == nil, !onlyExternal, place.namespace == nil else {
      throw ValidationError(
        "the summary counts everything; it does not go with --from, --to, --port, --namespace or --only-external")
    }
  }

  func run() async throws {
    let number = try port.map(ConnectionQuestion.number)
    let model = options.operation.tellingModel(of: try place.validated(try await input.snapshot(cluster)))
    var stream = ConnectivityStream.Options()
    stream.granularity = endpoints.granularity
    stream.onlyExternal = onlyExternal
    if let from { stream.isSource = { $0.hasPrefix(from) } }
    if let to { stream.isDestination = { $0.hasPrefix(to) } }
    try validate(ends: [("--from", from), ("--to", to)], model)
    let answer = ConnectivityAnswer(model, stream, port: number, namespace: place.namespace)
    try output.give(answer)
    // Counts have no place for what they lack.
    if output.formats.contains(.summary) { ExitStatus.tell(model.notSeenOfAll) }
    try ExitStatus.finish(answer)
  }

  /// - Throws: `BartizanError` for the beginning of a name that no end has: no row would pass for no connection.
  private func validate(ends: [(option: String, prefix: String?)], _ model: ReachModel) throws(BartizanError) {
    // The names of classes and of ranges depend on the model; they are taken as they are.
    guard endpoints != .classes else { return }
    let names = model.endpointNames().keys
    for (option, prefix) in ends {
      guard let prefix, !prefix.isEmpty, !names.contains(where: { $0.hasPrefix(prefix) }) else { continue }
      let isOutside =
        prefix.first == "{" || "ip:".hasPrefix(prefix.prefix(3))
        || model.cluster.names.contains { $0.hasPrefix(prefix) }
      guard !isOutside else { continue }
      throw BartizanError(.input, "\(option) \"\(prefix)\": nothing in the input has a name that begins so")
    }
  }
}
