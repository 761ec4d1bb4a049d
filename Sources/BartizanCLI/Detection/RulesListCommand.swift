import ArgumentParser
import Detect
import Report

struct RulesListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List all rules.",
    discussion: """
      EXAMPLES
        bartizan rules list
        bartizan rules list --rules my-rules/ --format json
      """)

  @OptionGroup var rules: RuleOptions
  @OptionGroup var output: OutputOptions<RuleListAnswer>

  func run() throws { try output.give(RuleListAnswer(try rules.load(), checkCommand: rules.checkCommand)) }
}
