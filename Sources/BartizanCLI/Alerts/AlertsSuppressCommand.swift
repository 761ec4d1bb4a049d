import ArgumentParser
import Operations
import Report

struct AlertsSuppressCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suppress", abstract: "Keep new alerts of a rule, actor or address silent for a while.",
    discussion: """
      EXAMPLES
        bartizan alerts suppress --rule kubernetes-exec \\
          --actor system:serviceaccount:ci:runner --for 30d \\
          --reason "the pipeline runs its tests so" --data /var/lib/bartizan

      Alerts that have all that is named are kept, and are part of no incident; nobody is told. Those that were kept before \
      stay what they are. A suppression ends by itself; `alerts suppressions` lists them, `alerts unsuppress` ends one before.
      """)

  @Option(help: ArgumentHelp("Alerts of this rule.", valueName: "id")) var rule: String?
  @Option(help: ArgumentHelp("Alerts about this user or account.", valueName: "name")) var actor: String?
  @Option(
    name: .customLong("source-ip"),
    help: ArgumentHelp("Alerts about what came from this address.", valueName: "address"))
  var sourceAddress: String?
  @Option(help: ArgumentHelp("Why, for those who look at it later.", valueName: "text")) var reason: String
  @Option(
    name: .customLong("for"), help: ArgumentHelp("How long, such as 12h or 30d; at most a year.", valueName: "span"))
  var span: String
  @OptionGroup var desk: AlertDeskOptions
  @OptionGroup var output: OutputOptions<SuppressionListAnswer>

  func run() async throws {
    let question = SuppressionQuestion(
      rule: rule, actor: actor, sourceAddress: sourceAddress, reason: reason, span: span)
    try output.give(try await desk.ask { try await $0.suppress(question) })
  }
}
