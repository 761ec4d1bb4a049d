import Access
import ArgumentParser
import Findings
import Kube
import Report

struct RBACCanGrantCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "can-grant", abstract: "Check whether a subject may create or update roles and bindings.",
    discussion: """
      EXAMPLES
        bartizan rbac can-grant ci/deployer grants.yaml -f cluster.yaml
        bartizan rbac can-grant kim@example.com roles/ --context prod

      Besides the right to write, the API server asks for all that a role hands on, or for the verbs "escalate" and "bind". \
      Objects that are in the cluster are updates, and roles of the files are there for their bindings. Exit code 1: no, with \
      what is missing; 3: unknown.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Argument(help: "NAMESPACE/NAME, group:NAME or a user's name.") var subject: String
  @Argument(help: "Manifests with the roles and bindings.", completion: .file()) var manifests: [String]
  @OptionGroup var groups: GroupOptions
  @OptionGroup var output: OutputOptions<GrantAnswer>

  func run() async throws {
    let (principal, inventory) = try groups.subject(subject, in: try await input.inventory(cluster))
    let wanted = input.place.applied(to: try await Input.snapshot(manifests))
    let answers = GrantQuestion.answers(wanted, by: principal, in: inventory)
    guard !answers.isEmpty else {
      throw BartizanError(.input, "no role and no binding in \(manifests.joined(separator: ", "))")
    }
    let answer = GrantAnswer(
      principal, answers, unread: wanted.notSeen(AccessInventory.kinds), inventory)
    try output.give(answer)
    throw ExitCode(
      answer.isAllowed.map { $0 ? ExitStatus.clean : ExitStatus.findings } ?? ExitStatus.unknown)
  }
}
