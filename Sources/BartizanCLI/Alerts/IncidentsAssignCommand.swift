import ArgumentParser
import Operations
import Report

struct IncidentsAssignCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assign", abstract: "Say who is to look at incidents.",
    discussion: """
      EXAMPLES
        bartizan incidents assign inc-d50ba116959ac017 --to kim \\
          --data /var/lib/bartizan
      """)

  @OptionGroup var triage: TriageOptions
  @Option(help: ArgumentHelp("The person; an empty name is nobody.", valueName: "name")) var to: String
  @OptionGroup var desk: AlertDeskOptions
  @OptionGroup var output: OutputOptions<TriageChangeAnswer>

  func run() async throws {
    let question = TriageQuestion(.assign, assignee: to, comment: triage.comment)
    try output.give(try await desk.ask { try await $0.change(alerts: [], incidents: triage.ids, question) })
  }
}
