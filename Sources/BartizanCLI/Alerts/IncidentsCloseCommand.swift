import ArgumentParser
import Operations
import Report

struct IncidentsCloseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "close", abstract: "Close incidents, with the reason.",
    discussion: """
      EXAMPLES
        bartizan incidents close inc-d50ba116959ac017 --reason benign \\
          --comment "the upgrade of the cluster" --data /var/lib/bartizan

      Reasons: true-positive (it was an attack), benign (it happened, and was meant), false-positive (it did not happen as \
      told), duplicate. What goes on afterwards opens it again; `alerts suppress` keeps alerts silent.
      """)

  @OptionGroup var triage: TriageOptions
  @Option(
    help: ArgumentHelp("true-positive, benign, false-positive or duplicate.", valueName: "reason"),
    completion: .list(["true-positive", "benign", "false-positive", "duplicate"]))
  var reason: String
  @OptionGroup var desk: AlertDeskOptions
  @OptionGroup var output: OutputOptions<TriageChangeAnswer>

  func run() async throws {
    let question = TriageQuestion(.close, reason: reason, comment: triage.comment)
    try output.give(try await desk.ask { try await $0.change(alerts: [], incidents: triage.ids, question) })
  }
}
