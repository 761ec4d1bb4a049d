import ArgumentParser
import Operations
import Reach
import Report

struct NetworkExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Explain what each policy says of a connection, and which one decides.",
    discussion: """
      EXAMPLES
        bartizan network explain frontend/shop-front payments/orders-db 5432 \\
          -f examples/cluster
        bartizan network explain shop/web api.example.com 443 -f cluster.yaml
        bartizan network explain 203.0.113.7 gateway/api-gateway 9901 \\
          -f examples/cluster
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @OptionGroup var options: ReachOptions
  @Argument(help: "Where the connection comes from: NAMESPACE/NAME, an address, or a DNS name.") var source: String
  @Argument(help: "Where it goes.") var destination: String
  @Argument(help: "The port.") var port: Int?
  @OptionGroup var question: ConnectionQuestion
  @OptionGroup var output: OutputOptions<ConnectionExplanationAnswer>

  func run() async throws {
    let asked = try await question.ask(source, destination, port) {
      options.operation.tellingModel(of: try await input.snapshot(cluster))
    }
    try output.give(ConnectionExplanationAnswer(asked))
    throw ExitCode(ExitStatus.of(asked))
  }
}
