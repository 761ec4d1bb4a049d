import Access
import ArgumentParser
import Depth
import Operations
import Report

struct DepthCutCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cut", abstract: "The cheapest changes after which a target lies deeper, tried on the cluster.",
    discussion: """
      EXAMPLES
        bartizan depth cut pod:payments/orders-db --from internet -f examples/cluster
        bartizan depth cut cluster-admin --audit-log audit.log --flows flows.json \\
          --context prod

      Changes are rights taken away, tokens withheld, pods confined or isolated, entry points closed. What they cost stands in \
      docs/depth.md. Nothing is changed: they are applied to what was read, which is evaluated again. Exit code 1: there is a path; \
      3: not everything was seen.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Argument(help: "What the attacker is after.") var target: String
  @Option(help: "Audit logs: what they show no use of costs nothing to take away. Repeatable.", completion: .file())
  var auditLog: [String] = []
  @Option(
    help: ArgumentHelp(
      "Flow logs of Hubble or Calico: connections that they show cost a lot to close, others nothing. Repeatable.",
      valueName: "file"), completion: .file())
  var flows: [String] = []
  @OptionGroup var options: DepthOptions
  @OptionGroup var output: OutputOptions<DepthCutAnswer>

  func run() async throws {
    let names = try options.names() + [try DepthOperation.name(target)]
    let graph = try await options.graph(of: try await input.snapshot(cluster), and: target)
    let goal = try options.target(target, in: graph)
    let operation = options.operation
    let log = try await Input.auditLog(auditLog)
    let read = flows.isEmpty ? nil : try FlowFiles.read(flows, graph.input.inventory.snapshot)
    if let read { StandardError.lines(read.problems) }
    let usage =
      log == nil && read == nil ? nil : DepthUsage(graph, log?.requests, flows: read?.flows)
    let cuts = try options.positions(in: graph).map { start in
      DepthCutAnswer.Cut(
        start: start,
        cut: DepthCut.cheapest(graph, from: start, to: goal, usage: usage) { operation.graph(of: $0, names: names) })
    }
    let answer = DepthCutAnswer(
      of: goal, cuts, usage: usage,
      notSeen: DepthOperation.notSeen(graph) + (log?.notSeen ?? []) + (read?.notSeen ?? []))
    try output.give(answer)
    // Where something was not seen, neither the way that a change closes is certain, nor that none is left.
    try ExitStatus.finish(answer)
    let isReached = cuts.contains { $0.cut != nil }
    try ExitStatus.finish(answer, hasFound: isReached)
  }
}
