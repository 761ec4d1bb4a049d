import ArgumentParser
import Collect
import Operations
import Reach
import Report

struct NetworkMapCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "map", abstract: "Draw what can talk to what.",
    discussion: """
      EXAMPLES
        bartizan network map -o map.svg -f examples/cluster
        bartizan network map -o html=map.html -f cluster.yaml

      Namespaces are boxes with their workloads; a link tells how many pairs of workloads can connect, and on which \
      ports. More than twelve namespaces become a table, a cell for each pair of them. `reach -o dot` draws every \
      connection.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @OptionGroup var options: ReachOptions
  @OptionGroup var place: NetworkNamespace
  @OptionGroup var output: OutputOptions<NetworkMapAnswer>

  func run() async throws {
    let model = options.operation.tellingModel(of: try place.validated(try await input.snapshot(cluster)))
    let live = (try? cluster.endpoint(beside: input.file))?.name
    let names = input.file + [live].compactMap { $0 }
    let what = place.namespace.map { "namespace \($0) of " } ?? ""
    try output.give(
      NetworkMapAnswer(
        title: "Reachability of \(what)\(names.joined(separator: ", "))", model, namespace: place.namespace))
    try ExitStatus.finish(model.notSeenOfAll)
  }
}
