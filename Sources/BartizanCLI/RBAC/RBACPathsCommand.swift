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
        bartizan rbac paths pseios-system/pseios-operator --to secrets:payments \\
          -f manifests/
        bartizan rbac paths --to node --within 2 -f cluster.yaml
        bartizan rbac paths --to payments/orders -f cluster.yaml
        bartizan rbac paths --from pod/web/front --to node -f cluster.yaml

      Each step names the object that allows it. Below the paths stand the bindings that most of them go by, and what is left \
      when one is taken away. A path that everybody has is shown once, for the group. Exit code 1: there is a path; 3: none was \
      found, and not everything was seen.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Argument(help: "Only from this subject.") var subject: String?
  @Option(help: "cluster-admin, node, secrets, secrets:NAMESPACE, or a subject.") var to: String = "cluster-admin"
  @Option(help: "Only from this subject, or from a pod: pod/NAMESPACE/NAME.") var from: String?
  @Flag(help: "Accounts that hold only what comes with the cluster, too.") var all = false
  @OptionGroup var groups: GroupOptions
  @Option(help: "Only paths of at most this many steps.") var within: Int?
  @OptionGroup var output: OutputOptions<EscalationPathsAnswer>

  func validate() throws {
    if subject != nil, from != nil { throw ValidationError("either SUBJECT or --from, not both") }
    if subject == nil, from == nil, !groups.groups.isEmpty { throw ValidationError("--group needs a SUBJECT") }
  }

  func run() async throws {
    var inventory = try await input.inventory(cluster)
    var start = try (subject ?? from).map { try EscalationOperation.start($0) }
    if let argument = subject ?? from, case .subject? = start {
      let asked = try groups.subject(argument, in: inventory, tellsStrangers: false)
      start = .subject(asked.subject)
      inventory = asked.inventory
    }
    let goal = try EscalationOperation.goal(to)
    let answer = try EscalationOperation.paths(
      from: start, to: goal, within: within,
      showsShipped: all, inventory)
    let paths = EscalationPathsAnswer(
      to: goal, answer.paths, isOfEverybody: subject == nil && from == nil, cuts: answer.cuts, unseen: answer.unseen,
      inventory)
    try output.give(paths)
    try ExitStatus.finish(paths, hasFound: !answer.paths.isEmpty)
  }
}
