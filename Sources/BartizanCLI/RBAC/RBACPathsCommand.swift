import Access
import ArgumentParser
import Depth
import Operations
import Report

struct RBACPathsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "paths", abstract: "How subjects become cluster admin, own a node or read secrets, step by step.",
    discussion: """
      EXAMPLES
        bartizan rbac paths -f manifests/
        bartizan rbac paths pseios-system/pseios-operator --to secrets:payments -f manifests/
        bartizan rbac paths --to node --within 2 -f cluster.yaml
        bartizan rbac paths --to payments/orders -f cluster.yaml

      Each step names the object that allows it. Exit code 1: there is a path.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Argument(help: "Only from this subject.") var subject: String?
  @Option(help: "cluster-admin, node, secrets, secrets:NAMESPACE, or a subject.") var to: String = "cluster-admin"
  @Option(help: "Only paths of at most this many steps.") var within: Int?
  @OptionGroup var output: OutputOptions<EscalationPathsAnswer>

  func run() async throws {
    let inventory = try await Input.inventory(input.file, cluster)
    let goal = EscalationOperation.goal(to)
    let paths = EscalationOperation.paths(
      from: subject.map { AccessSubject(argument: $0) }, to: goal, within: within, inventory)
    try output.give(EscalationPathsAnswer(to: goal, paths, inventory))
    throw ExitCode(paths.isEmpty ? ExitStatus.clean : ExitStatus.findings)
  }
}
