import Access
import ArgumentParser
import Kube
import Operations
import Report

struct RBACReviewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review", abstract: "The access review: a grade for each subject, and what should not be there.",
    discussion: """
      EXAMPLES
        bartizan rbac review -f manifests/
        bartizan rbac review -f today.yaml --since last-quarter.yaml \\
          --audit-log audit.log -o html=review.html

      Grades: F is cluster admin or one step from it, A has no dangerous permission. csv has the subjects alone.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Option(help: "The snapshot of the last review, to show what has changed.", completion: .file()) var since: String?
  @Option(help: "Audit logs, to show what was never used. Repeatable.", completion: .file()) var auditLog: [String] = []
  @Flag(help: "Subjects of the control plane, too.") var all = false
  @OptionGroup var output: OutputOptions<AccessReviewAnswer>

  func run() async throws {
    let inventory = try await input.inventory(cluster)
    var changes: AccessReviewAnswer.Changes?
    var unread: [NotSeen] = []
    if let since {
      let before = try await Input.inventory([since])
      changes = .init(since: since, AccessDiff.changes(from: before, to: inventory))
      // What is not known of today is said already.
      unread += before.notSeen
    }
    let log = try await Input.auditLog(auditLog)
    unread += log?.notSeen ?? []
    let answer = AccessReviewAnswer(
      inventory, sources: input.file, controlPlane: all, changes: changes, events: log?.requests, unread: unread)
    try output.give(answer)
    try ExitStatus.finish(answer)
  }
}
