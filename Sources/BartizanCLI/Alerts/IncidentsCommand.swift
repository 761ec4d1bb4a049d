import ArgumentParser

struct IncidentsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "incidents", abstract: "Alerts that belong together, told as a story: look at them, and work on them.",
    discussion: """
      EXAMPLES
        bartizan incidents list --data /var/lib/bartizan
        bartizan incidents show inc-d50ba116959ac017 --data /var/lib/bartizan
        bartizan incidents close inc-d50ba116959ac017 --reason true-positive \\
          --server https://bartizan.example:8787

      `bartizan serve` keeps incidents beside the events that it takes, `bartizan detect --data FOLDER --keep` those of what \
      was stored before.
      """,
    subcommands: [
      IncidentsListCommand.self, IncidentsShowCommand.self, IncidentsAcknowledgeCommand.self,
      IncidentsCloseCommand.self,
      IncidentsReopenCommand.self, IncidentsAssignCommand.self, IncidentsCommentCommand.self,
    ])
}
