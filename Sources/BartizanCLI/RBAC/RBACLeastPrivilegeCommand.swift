import Access
import ArgumentParser
import Bytes
import Events
import Findings

struct RBACLeastPrivilegeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "least-privilege", abstract: "The smallest roles and bindings that allow what an audit log shows.",
    discussion: """
      EXAMPLES
        bartizan rbac least-privilege --audit-log audit.log > roles.yaml
        bartizan rbac least-privilege --audit-log audit.log.gz --subject ci/runner
        bartizan rbac least-privilege --audit-log audit.log --collapse-names 5 --join-namespaces 10

      Every request of the log is allowed by what is written, refused ones included unless --allowed-only. Names are kept
      for verbs that can be restricted to them; --collapse-names N grants all names of a resource once a verb was used
      on more than N. Rights are granted in the namespaces where they were used; three or more with the same rights share
      a ClusterRole bound in each; --join-namespaces N grants everywhere what was used in more than N namespaces.
      """)

  @Option(help: "Audit logs: JSON lines or webhook batches, plain or gzip, or -. Repeatable.", completion: .file())
  var auditLog: [String]
  @Option(help: "Only these subjects: NAMESPACE/NAME or a user's name. Repeatable.") var subject: [String] = []
  @Option(help: "Grant all names once more than this many were used.") var collapseNames: Int?
  @Option(help: "Grant everywhere what was used in more than this many namespaces.") var joinNamespaces: Int?
  @Flag(help: "Leave out requests that were refused when they were made.") var allowedOnly = false
  @Option(help: "yaml or json (a List).") var format: ManifestFormat = .yaml

  func run() async throws {
    guard !auditLog.isEmpty else { throw BartizanError(.usage, "least-privilege wants an --audit-log") }
    let events = try await AuditLogFiles.read(auditLog)
    var options = LeastPrivilege.Options()
    options.collapseNames = collapseNames
    options.joinNamespaces = joinNamespaces
    options.allowedOnly = allowedOnly
    let wanted = subject.isEmpty ? nil : Set(subject.map { AccessSubject(argument: $0) })
    let result = LeastPrivilege(events, subjects: wanted, options: options)
    guard !result.grants.isEmpty else {
      throw BartizanError(
        .input, "the log holds no request of \(subject.isEmpty ? "anybody" : subject.joined(separator: ", "))")
    }
    let documents = GrantManifest.documents(result.grants)
    switch format {
    case .yaml: StandardOutput.write(YAMLWriter.text(documents))
    case .json:
      var writer = JSONWriter(pretty: true)
      writer.object { writer in
        writer.field("apiVersion", "v1")
        writer.field("kind", "List")
        writer.key("items")
        writer.array(of: documents) { $0.value($1) }
      }
      writer.endLine()
      StandardOutput.write(writer.bytes)
    }
    let period = result.period.map { " from \($0.from) to \($0.to)" } ?? ""
    StandardError.line("bartizan: from \(result.requests) requests\(period)")
    if result.refused > 0 {
      StandardError.line("bartizan: \(result.refused) of them had been refused; --allowed-only leaves those out")
    }
  }
}

enum ManifestFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
  case yaml
  case json
}
