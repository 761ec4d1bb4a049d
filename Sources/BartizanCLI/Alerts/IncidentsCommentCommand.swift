import ArgumentParser
import Operations
import Report

struct IncidentsCommentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "comment", abstract: "Say something about an incident, for its history.",
    discussion: """
      EXAMPLES
        bartizan incidents comment inc-d50ba116959ac017 \\
          "asked the owner of the account" --data /var/lib/bartizan
      """)

  @Argument(help: "Its id, as `list` shows it.") var id: String
  @Argument(help: "What there is to say.") var text: String
  @OptionGroup var desk: AlertDeskOptions
  @OptionGroup var output: OutputOptions<TriageChangeAnswer>

  func run() async throws {
    let question = TriageQuestion(.comment, comment: text)
    try output.give(try await desk.ask { try await $0.change(alerts: [], incidents: [id], question) })
  }
}
