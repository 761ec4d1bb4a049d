import Access
import ArgumentParser
import Depth
import Findings
import Operations
import Report

struct RBACComponentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "component", abstract: "What a third-party platform asks for, and how far that reaches.",
    discussion: """
      EXAMPLES
        bartizan rbac component pseios -f examples/cluster
        bartizan rbac component --service-account pseios-system/pseios-operator \\
          -f examples/cluster
        bartizan rbac component vendor --manifests vendor/manifests/ \\
          --audit-log audit.log
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Argument(help: "Name of the component (its labels, or the prefix of its objects) or of its namespace.") var name:
    String?
  @Option(help: "Its service accounts, NAMESPACE/NAME, where the name does not tell. Repeatable.")
  var serviceAccount: [String] = []
  @Option(help: "A folder with the component's manifests. Repeatable.", completion: .directory)
  var manifests: [String] = []
  @Option(help: "Audit logs, to tell what it uses. Repeatable.", completion: .file()) var auditLog: [String] = []
  @OptionGroup var output: OutputOptions<ComponentReviewAnswer>

  func validate() throws {
    if name == nil, serviceAccount.isEmpty {
      throw ValidationError("rbac component needs a NAME or --service-account")
    }
  }

  func run() async throws {
    let inventory = try await input.inventory(cluster, and: manifests)
    let title = name ?? serviceAccount.joined(separator: ", ")
    let accounts = try serviceAccount.map { try AccessSubject(checking: $0) }
    if let stranger = accounts.first(where: { !inventory.knows($0) }) {
      throw BartizanError(
        .input, "\(stranger.text) is not in the input, neither as an object nor in a binding or a pod")
    }
    guard let review = ComponentReview(title, accounts: accounts, AccessProfile(inventory)) else {
      throw BartizanError(
        .input,
        "nothing called \"\(title)\": no label app.kubernetes.io/name, namespace, workload or account of that name")
    }
    let log = try await Input.auditLog(auditLog)
    let unused = log.map { log in
      UnusedAccess.unusedRules(inventory, log.requests).filter { review.accounts.contains($0.subject) }
    }
    let answer = ComponentReviewAnswer(review, unused: unused, unread: log?.notSeen ?? [], inventory)
    try output.give(answer)
    try ExitStatus.finish(answer)
  }
}
