import Access
import ArgumentParser
import Bytes
import Findings
import Operations
import Report

struct RBACLeastPrivilegeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "least-privilege", abstract: "The smallest roles and bindings that allow what an audit log shows.",
    discussion: """
      EXAMPLES
        bartizan rbac least-privilege --audit-log audit.log > roles.yaml
        bartizan rbac least-privilege --audit-log audit.log.gz --subject ci/runner
        bartizan rbac least-privilege --audit-log audit.log --collapse-names 5 \\
          --join-namespaces 10

      The roles allow every request of the log, refused ones included unless --allowed-only. Names are kept for \
      verbs that can be restricted to them; --collapse-names N grants all names of a resource once a verb was used \
      on more than N. Permissions are granted in the namespaces where they were used; three or more with the same \
      permissions share a ClusterRole bound in each; --join-namespaces N grants everywhere what was used in more \
      than N namespaces.

      What the API server asks besides the request counts, too: `create` for an apply or an update that made the object and for \
      a shell by websocket, `approve` and `sign` on signers, `bind` on roles. In the end the log is replayed against the roles, \
      and standard error says whether each request is allowed, and what the log does not tell. Exit code 3: one is not, or not every line of the log could be read.
      """)

  @Option(help: "Audit logs: JSON lines or webhook batches, plain or gzip, or -. Repeatable.", completion: .file())
  var auditLog: [String]
  @Option(help: "Only these subjects: NAMESPACE/NAME or a user's name. Repeatable.") var subject: [String] = []
  @Option(help: "Grant all names once more than this many were used.") var collapseNames: Int?
  @Option(help: "Grant everywhere what was used in more than this many namespaces.") var joinNamespaces: Int?
  @Flag(help: "Leave out requests that were refused when they were made.") var allowedOnly = false
  @Option(help: ArgumentHelp("The server's version, such as 1.34; the newest by default.", valueName: "version"))
  var kubernetesVersion: String?
  @OptionGroup var output: OutputOptions<ManifestsAnswer>

  func validate() throws {
    if let kubernetesVersion, Self.minor(kubernetesVersion) == nil {
      throw ValidationError("\"\(kubernetesVersion)\" is no version of Kubernetes, such as 1.34")
    }
  }

  private static func minor(_ text: String) -> Int? {
    let parts = text.drop { $0 == "v" }.split(separator: ".")
    return parts.count >= 2 && parts[0] == "1" ? Int(parts[1]) : nil
  }

  func run() async throws {
    guard let log = try await Input.auditLog(auditLog) else {
      throw BartizanError(.usage, "least-privilege needs an --audit-log")
    }
    var options = LeastPrivilege.Options()
    options.collapseNames = collapseNames
    options.joinNamespaces = joinNamespaces
    options.allowedOnly = allowedOnly
    options.minor = kubernetesVersion.flatMap(Self.minor)
    let wanted = subject.isEmpty ? nil : Set(try subject.map { try AccessSubject(checking: $0) })
    let result = LeastPrivilege(log.requests, subjects: wanted, options: options)
    guard !result.grants.isEmpty else {
      throw BartizanError(
        .input, "the log has no request of \(subject.isEmpty ? "anybody" : subject.joined(separator: ", "))")
    }
    let documents = GrantManifest.documents(result.grants)
    try output.give(ManifestsAnswer(documents))
    let period = result.period.map { " from \($0.from) to \($0.to)" } ?? ""
    StandardError.line("from \(Phrase.count(result.requests, "request"))\(period)")
    if result.refused > 0 {
      StandardError.line("\(result.refused) of them had been refused; --allowed-only leaves those out")
    }
    for (what, subject, count) in result.unproven {
      StandardError.line("\(subject.text): \(what.text(Phrase.count(count, "request")))")
    }
    let refused = LeastPrivilegeReplay.refused(result, documents)
    for check in refused.prefix(20) {
      StandardError.line("replay: \(check.user) may not \(check.verb) \(check.target.text) by these roles")
    }
    let checks = Phrase.count(result.checked, "different check")
    guard refused.isEmpty else {
      StandardError.line("replayed \(checks): \(refused.count) would be refused")
      throw ExitCode(ExitStatus.unknown)
    }
    StandardError.line("replayed \(checks) of the log against these roles: none would be refused")
    // What could not be read may need more.
    try ExitStatus.finish(log.notSeen)
  }
}
