import ArgumentParser

struct RulesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules", abstract: "The rules of detection: list, explain, check, test.",
    subcommands: [
      RulesListCommand.self, RulesExplainCommand.self, RulesCheckCommand.self, RulesTestCommand.self,
      RulesAuditPolicyCommand.self,
    ])
}
