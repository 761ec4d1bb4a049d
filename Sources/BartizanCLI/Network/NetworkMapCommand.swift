import ArgumentParser
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
  @OptionGroup var output: OutputOptions<NetworkMapAnswer>

  func run() async throws {
    let model = options.operation.tellingModel(of: try await input.snapshot(cluster))
    try output.give(NetworkMapAnswer(title: "Reachability of \(input.file.joined(separator: ", "))", model))
    try ExitStatus.finish(model.notSeenOfAll)
  }
}
