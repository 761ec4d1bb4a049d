import ArgumentParser
import Bytes
import Findings
import Kube
import Reach
import Report

struct NetworkExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Each policy's say on a connection, and which one decided.",
    discussion: """
      EXAMPLES
        bartizan network explain frontend/shop-front payments/orders-db 5432 -f examples/cluster
        bartizan network explain shop/web api.example.com 443 -f cluster.yaml
        bartizan network explain 203.0.113.7 gateway/api-gateway 9901 -f examples/cluster
      """)

  @OptionGroup var input: NetworkSources
  @Argument(help: "Where the connection comes from: NAMESPACE/NAME, an address, or a DNS name.") var source: String
  @Argument(help: "Where it goes.") var destination: String
  @Argument(help: "The port.") var port: Int?
  @OptionGroup var question: ConnectionQuestion
  @Option(help: "table or json.") var format: AnswerFormat = .table

  func run() async throws {
    let asked = try question.question(port)
    let model = try await input.model()
    let answer = model.answer(
      try NetworkSources.end(source, model), try NetworkSources.end(destination, model), asked)
    let word = question.protocol.uppercased()
    switch format {
    case .json:
      StandardOutput.answer("ConnectionExplanation") { writer in
        writer.field("src", source)
        writer.field("dst", destination)
        writer.field("protocol", word)
        if let port { writer.field("port", port) }
        answer.write(&writer)
        writer.key("steps")
        writer.array(of: answer.trace) { writer, step in
          writer.object { writer in
            writer.field("direction", step.direction.rawValue)
            writer.field("policy", step.policy.subject.text)
            writer.field("rule", step.rule)
            writer.field("location", step.location.text)
            writer.field("said", step.said)
            writer.field("decided", step.isDecisive)
          }
        }
      }
    case .table:
      let terminal = Terminal(width: StandardOutput.width, colour: false)
      var text =
        "\(answer.verdict.rawValue): \(source) to \(destination), \(word)\(port.map { " \($0)" } ?? "")\n"
      for note in answer.notes { text += terminal.wrapped(note, indent: 2) + "\n" }
      for direction in [TrafficDirection.egress, .ingress] {
        let end = direction == .egress ? source : destination
        let steps = answer.trace.filter { $0.direction == direction }
        text += "\(direction.rawValue) of \(end)\n"
        if steps.isEmpty { text += "  no policy isolates it in this direction: everything is allowed\n" }
        for step in steps {
          let rule = step.rule.isEmpty ? "" : " \(step.rule)"
          text +=
            terminal.wrapped(
              "\(step.isDecisive ? "→" : " ") \(Terminal.printable(step.policy.subject.text))\(rule) \(step.said), \(step.location.text)",
              indent: 2) + "\n"
        }
      }
      StandardOutput.write(text)
    }
    throw ExitCode(answer.verdict == .allowed ? ExitStatus.clean : ExitStatus.findings)
  }
}
