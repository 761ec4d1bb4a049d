import ArgumentParser
import Detect
import Findings
import Operations
import Report

struct RulesTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Run the unit tests that stand beside rules.",
    discussion: """
      EXAMPLES
        bartizan rules test
        bartizan rules test --rules my-rules/

      Tests of my-rule.yml stand in my-rule.test.yml: a list of cases, each with a name, events (objects or lines), \
      and in `matches` how often the rule must match. `rule` names another rule than that of the file.

      Exit code 1: a test failed; 2: there is none.
      """)

  @OptionGroup var rules: RuleOptions
  @OptionGroup var output: OutputOptions<RuleTestAnswer>

  func run() throws {
    let set = try rules.load()
    let sources = try RuleFiles.tests(rules.rules, includesBuiltIn: !rules.noBuiltInRules)
    guard !sources.isEmpty else { throw BartizanError(.input, "no tests (.test.yml) beside these rules") }
    let answer = RuleTestAnswer(RuleFiles.run(sources, set))
    try output.give(answer)
    if !answer.failed.isEmpty { throw ExitCode(ExitStatus.findings) }
  }
}
