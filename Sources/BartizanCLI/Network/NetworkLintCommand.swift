import ArgumentParser
import Bytes
import Findings
import Reach
import Report

struct NetworkLintCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Policies that do nothing, rules that are shadowed, pods that were forgotten.",
    discussion: """
      EXAMPLES
        bartizan network lint -f manifests/
        bartizan network lint --profile weave -f manifests/
      """)

  @OptionGroup var input: NetworkSources
  @Option(help: "table or json.") var format: AnswerFormat = .table

  func run() async throws {
    let snapshot = try await input.snapshot()
    let lint = PolicyLint(ReachModel(snapshot, profile: input.behaviour(for: snapshot)))
    switch format {
    case .json:
      StandardOutput.answer("PolicyLint") { writer in
        writer.key("remarks")
        writer.array(of: lint.remarks) { writer, remark in
          writer.object { writer in
            writer.field("code", remark.code.rawValue)
            writer.field("location", remark.location.text)
            writer.field("message", remark.message)
          }
        }
      }
    case .table:
      let sheet = TextTable(
        "", columns: ["what", "place", "why"],
        rows: lint.remarks.map { [$0.code.rawValue, $0.location.text, $0.message] })
      StandardOutput.write(
        lint.remarks.isEmpty ? "Nothing to remark.\n" : sheet.text(Terminal(width: StandardOutput.width, colour: false))
      )
    }
    throw ExitCode(lint.remarks.isEmpty ? ExitStatus.clean : ExitStatus.findings)
  }
}
