import Access
import ArgumentParser
import Bytes
import Findings
import Report

struct RBACLeastPrivilegeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "least-privilege", abstract: "The smallest roles and bindings that allow what an audit log shows.",
    discussion: """
      EXAMPLES
        bartizan rbac least-privilege --audit-log audit.log > roles.yaml
        bartizan rbac least-privilege --audit-log audit.log.gz --subject ci/runner
        bartizan rbac least-privilege --audit-log audit.log --collapse-names 5 --join-namespaces 10

      The roles allow every request of the log, refused ones included unless --allowed-only. Names are kept for \
      verbs that can be restricted to them; --collapse-names N grants all names of a resource once a verb was used \
      on more than N. Permissions are granted in the namespaces where they were used; three or more with the same \
      permissions share a ClusterRole bound in each; --join-namespaces N grants everywhere what was used in more \
      than N namespaces.
      """)

  @Option(help: "Audit logs: JSON lines or webhook batches, plain or gzip, or -. Repeatable.", completion: .file())
  var auditLog: [String]
  @Option(help: "Only these subjects: NAMESPACE/NAME or a user's name. Repeatable.") var subject: [String] = []
  @Option(help: "Grant all names once more than this many were used.") var collapseNames: Int?
  @Option(help: "Grant everywhere what was used in more than this many namespaces.") var joinNamespaces: Int?
  @Flag(help: "Leave out requests that were refused when they were made.") var allowedOnly = false
  @OptionGroup var output: OutputOptions<ManifestsAnswer>

  func run() async throws {
    guard let events = try await Input.auditEvents(auditLog) else {
      throw BartizanError(.usage, "least-privilege needs an --audit-log")
    }
    var options = LeastPrivilege.Options()
    options.collapseNames = collapseNames
    options.joinNamespaces = joinNamespaces
    options.allowedOnly = allowedOnly
    let wanted = subject.isEmpty ? nil : Set(subject.map { AccessSubject(argument: $0) })
    let result = LeastPrivilege(events, subjects: wanted, options: options)
    guard !result.grants.isEmpty else {
      throw BartizanError(
        .input, "the log has no request of \(subject.isEmpty ? "anybody" : subject.joined(separator: ", "))")
    }
    try output.give(ManifestsAnswer(GrantManifest.documents(result.grants)))
    let period = result.period.map { " from \($0.from) to \($0.to)" } ?? ""
    StandardError.line("from \(Phrase.count(result.requests, "request"))\(period)")
    if result.refused > 0 {
      StandardError.line("\(result.refused) of them had been refused; --allowed-only leaves those out")
    }
  }
}
