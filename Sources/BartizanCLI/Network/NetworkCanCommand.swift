import ArgumentParser
import Bytes
import Findings
import Operations
import Reach
import Report
import Transport

struct NetworkCanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "can", abstract: "Check whether one end may connect to another.",
    discussion: """
      EXAMPLES
        bartizan network can frontend/shop-front payments/orders-db 5432 \\
          -f examples/cluster
        bartizan network can frontend/shop-front gateway/api-gateway 8080 \\
          --method GET --path /orders -f examples/cluster
        bartizan network can --batch questions.jsonl -f cluster.yaml

      An end is NAMESPACE/NAME of a pod, workload or Service, an address, or a DNS name. A Service is asked for on \
      its own port, by its name, its DNS name or its address. A line of a batch is \
      {"src":"ns/pod","dst":"ns/pod"|"1.2.3.4"|"example.com","protocol":"TCP","port":80}, with \
      "http":{"method","path","host","headers"} where layer 7 matters, "icmp_type" with ICMP and "id" for whatever you \
      like; a line with another key is an error; the answer is the same with "allowed" and \
      "reason", in the same order. "verdict":"unknown" says that the input does not tell, "missing" what it lacks, \
      and "allowed" is then what the rules say as they are. Exit code 1: no; 3: unknown.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @OptionGroup var options: ReachOptions
  @Argument(help: "Where the connection comes from.") var source: String?
  @Argument(help: "Where it goes.") var destination: String?
  @Argument(help: "The port.") var port: Int?
  @OptionGroup var question: ConnectionQuestion
  @Option(help: "Questions, one JSON object a line; - for standard input.", completion: .file()) var batch: String?
  @OptionGroup var output: OutputOptions<ConnectionAnswer>

  func validate() throws {
    guard batch != nil, output.format != nil || !output.output.isEmpty else { return }
    throw ValidationError(
      "--batch answers with JSON lines on standard output; it takes neither --format nor --output")
  }

  func run() async throws {
    if let batch { return try await answer(batch: batch) }
    guard let source, let destination else {
      throw BartizanError(.usage, "network can needs SOURCE DESTINATION PORT, or --batch FILE")
    }
    let asked = try await question.ask(source, destination, port) {
      options.operation.tellingModel(of: try await input.snapshot(cluster))
    }
    try output.give(ConnectionAnswer(asked))
    throw ExitCode(ExitStatus.of(asked))
  }

  private func answer(batch: String) async throws {
    var limits = Limits()
    limits.inputBytes = 1 << 30
    let questions = try FileReader.named(batch, limits: limits)
    let model = options.operation.tellingModel(of: try await input.snapshot(cluster))
    let outcome = try ConnectionBatch.answer(questions, model) { StandardOutput.write($0) }
    try outcome.validate(batch)
    if outcome.unknown > 0 || !model.notSeen.isEmpty { throw ExitCode(ExitStatus.unknown) }
  }
}
