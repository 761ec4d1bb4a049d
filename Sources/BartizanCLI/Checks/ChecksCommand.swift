import ArgumentParser

struct ChecksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checks", abstract: "The catalogue of checks.",
    subcommands: [ChecksListCommand.self, ChecksExplainCommand.self])
}
