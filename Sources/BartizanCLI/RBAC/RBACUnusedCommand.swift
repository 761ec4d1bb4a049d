import Access
import ArgumentParser
import Findings
import Kube
import Operations
import Report

struct RBACUnusedCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unused", abstract: "Permissions that nobody can use, or, with an audit log, nobody did.",
    discussion: """
      EXAMPLES
        bartizan rbac unused -f manifests/
        bartizan rbac unused -f cluster.yaml --audit-log audit.log
        bartizan rbac unused -f cluster.yaml --audit-log audit.log --write \\
          > tightened.yaml

      --write prints, for each subject of the log that has more permissions than it used, roles with just what it used.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Option(help: "Audit logs to look for use in. Repeatable.", completion: .file()) var auditLog: [String] = []
  @Flag(help: "Print tightened roles instead of the report.") var write = false
  @OptionGroup var output: OutputOptions<UnusedAccessAnswer>

  func validate() throws {
    if write, auditLog.isEmpty { throw ValidationError("--write needs an --audit-log to tell what was used") }
  }

  func run() async throws {
    let inventory = try await input.inventory(cluster)
    let log = try await Input.auditLog(auditLog)
    if write, let log {
      let grants = UnusedAccess.tightened(inventory, log.requests)
      ManifestsAnswer(GrantManifest.documents(grants)).render(.yaml, StandardOutput.terminal()) {
        StandardOutput.write($0)
      }
      // What was used of the bindings that are here does not rest on others.
      try ExitStatus.finish(
        inventory.snapshot.notSeen(AccessInventory.kinds) + inventory.unknownRoles(inventory.givenBindings)
          + log.notSeen)
      return
    }
    let answer = UnusedAccessAnswer(inventory, events: log?.requests, unread: log?.notSeen ?? [])
    try output.give(answer)
    try ExitStatus.finish(answer)
  }
}
