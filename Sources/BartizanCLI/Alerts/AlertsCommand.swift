import ArgumentParser

struct AlertsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alerts", abstract: "What rules found in the events of a store: look at it, and work on it.",
    discussion: """
      EXAMPLES
        bartizan alerts list --severity high --since -1d --data /var/lib/bartizan
        bartizan alerts close d50ba116959ac017 --reason benign \\
          --server https://bartizan.example:8787

      `bartizan serve` keeps alerts beside the events that it takes, `bartizan detect --data FOLDER --keep` those of what was \
      stored before. An alert is new, acknowledged or closed; what goes on after it was closed opens it again.
      """,
    subcommands: [
      AlertsListCommand.self, AlertsShowCommand.self, AlertsAcknowledgeCommand.self, AlertsCloseCommand.self,
      AlertsReopenCommand.self, AlertsAssignCommand.self, AlertsCommentCommand.self, AlertsSuppressCommand.self,
      AlertsSuppressionsCommand.self, AlertsUnsuppressCommand.self, AlertsDeliveriesCommand.self,
      AlertsRedeliverCommand.self, AlertsSelfTestCommand.self,
    ])
}
