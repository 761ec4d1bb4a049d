import ArgumentParser
import Detect
import Findings
import Operations
import Report

struct RulesCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Whether rules can be read, and can fire under an audit policy.",
    discussion: """
      EXAMPLES
        bartizan rules check --rules my-rules/
        bartizan rules check --audit-policy /etc/kubernetes/audit-policy.yaml
        bartizan rules check --audit-policy policy.yaml --format jsonl

      With --audit-policy, each rule about requests at the API server is full (all requests that it is about are \
      logged as it needs them), partial (some are), no-body (they are logged, without the bodies that it needs) or \
      absent (none is logged).

      What is odd about rules that hold all the same is told with file and line: members that nobody reads, products, \
      categories and services of no event, fields that no event of the log source has.

      Exit code 1: a rule is refused, odd, or cannot fire as it should.
      """)

  @OptionGroup var rules: RuleOptions
  @Option(help: "The audit policy of the API server.", completion: .file()) var auditPolicy: String?
  @OptionGroup var output: OutputOptions<RuleCheckAnswer>

  func run() throws {
    let set = try rules.load()
    let policy = try auditPolicy.map { try AuditPolicyFile.read($0) }
    let answer = RuleCheckAnswer(set, policy: policy)
    try output.give(answer)
    if answer.hasGaps { throw ExitCode(ExitStatus.findings) }
  }
}
