import ArgumentParser
import Bytes
import Detect
import Findings
import Operations
import Report

struct RulesAuditPolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit-policy", abstract: "The smallest audit policy under which all rules can fire.",
    discussion: """
      EXAMPLES
        bartizan rules audit-policy > audit-policy.yaml
        bartizan rules audit-policy --rules my-rules/ --no-built-in-rules
        bartizan rules audit-policy --input audit.log > audit-policy.yaml

      Bodies are only asked for where a rule reads them. Where a rule is about requests of every kind, such as rejected \
      credentials, the policy ends with all other requests at level Metadata.

      With logs of the API server (--input) standard error says how much of them the policy would log, by its rules, \
      and the policy carries the sum as an annotation.
      """)

  @Option(
    name: [.long, .customShort("f")], parsing: .upToNextOption,
    help: "Audit logs by which the cost is told: files (plain, gzip or zstd), folders of them, or -. Repeatable.",
    completion: .file())
  var input: [String] = []

  @OptionGroup var rules: RuleOptions
  @OptionGroup var output: OutputOptions<ManifestsAnswer>

  func run() throws {
    var manifest = AuditPolicy.smallest(for: try rules.load())
    guard !input.isEmpty else { return try output.give(ManifestsAnswer([manifest])) }
    let policy: AuditPolicy
    do throws(RuleError) { policy = try AuditPolicy(manifest, file: "audit-policy") } catch {
      throw BartizanError(.input, error.text)
    }
    var cost = AuditPolicyCost(policy)
    let reading = try EventFiles(input).read { cost.add($0.batch) }
    EventTelling.tell(reading)
    guard cost.seen > 0 else {
      throw BartizanError(.input, "no event of an API server's audit log in \(input.joined(separator: ", "))")
    }
    StandardError.line(cost.text)
    for part in cost.parts {
      StandardError.line(
        "  \(part.level.rawValue): \(part.requests): \(Phrase.count(part.events, "event")), \(AuditPolicyCost.size(Double(part.bytes)))"
      )
    }
    manifest = manifest.setting(
      path: ["metadata", "annotations", "bartizan.dev/cost"], DocumentNode(.string(cost.text)))
    try output.give(ManifestsAnswer([manifest]))
    try EventTelling.finish(reading)
  }
}
