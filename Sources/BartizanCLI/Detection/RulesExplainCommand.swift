import ArgumentParser
import Detect
import Findings
import Report

struct RulesExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "What a rule looks for, and why.",
    discussion: """
      EXAMPLES
        bartizan rules explain kubernetes-exec
      """)

  @Argument(help: "The id of a rule.") var id: String
  @OptionGroup var rules: RuleOptions
  @OptionGroup var output: OutputOptions<RuleExplanationAnswer>

  func run() throws {
    let set = try rules.load()
    guard let info = set.infos.first(where: { $0.id == id }) else {
      throw BartizanError(.usage, "no rule \"\(id)\"; `bartizan rules list` lists them")
    }
    try output.give(RuleExplanationAnswer(info))
  }
}
