import ArgumentParser
import Detect
import Report

struct RulesAuditPolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit-policy", abstract: "The smallest audit policy under which all rules can fire.",
    discussion: """
      EXAMPLES
        bartizan rules audit-policy > audit-policy.yaml
        bartizan rules audit-policy --rules my-rules/ --no-built-in-rules

      Bodies are only asked for where a rule reads them. Where a rule is about requests of every kind, such as rejected \
      credentials, the policy ends with all other requests at level Metadata.
      """)

  @OptionGroup var rules: RuleOptions
  @OptionGroup var output: OutputOptions<ManifestsAnswer>

  func run() throws { try output.give(ManifestsAnswer([AuditPolicy.smallest(for: try rules.load())])) }
}
