import Access
import ArgumentParser
import Bytes
import Depth
import Events
import Findings
import Kube
import PodSecurity
import Report

struct RBACComponentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "component", abstract: "What a third-party platform asks for, and how far that reaches.",
    discussion: """
      EXAMPLES
        bartizan rbac component pseios -f examples/cluster
        bartizan rbac component --service-account pseios-system/pseios-operator -f examples/cluster
        bartizan rbac component vendor --manifests vendor/manifests/ --audit-log audit.log
      """)

  @OptionGroup var input: RBACSources
  @Argument(help: "Name of the component (its labels, or the prefix of its objects) or of its namespace.") var name:
    String?
  @Option(help: "Its accounts, NAMESPACE/NAME, when the name does not tell. Repeatable.") var serviceAccount: [String] =
    []
  @Option(help: "A folder with the component's manifests. Repeatable.", completion: .directory) var manifests:
    [String] = []
  @Option(help: "Audit logs, to tell what it uses. Repeatable.", completion: .file()) var auditLog: [String] = []
  @Option(help: "table or json.") var format: AnswerFormat = .table

  func run() async throws {
    guard name != nil || !serviceAccount.isEmpty else {
      throw BartizanError(.usage, "rbac component wants a NAME or --service-account")
    }
    let inventory = try await RBACSources.inventory(input.file + manifests)
    let profile = AccessProfile(inventory)
    let title = name ?? serviceAccount.joined(separator: ", ")
    guard let review = ComponentReview(title, accounts: serviceAccount.map { AccessSubject(argument: $0) }, profile)
    else {
      throw BartizanError(
        .input,
        "nothing called \"\(title)\": no label app.kubernetes.io/name, namespace, workload or account of that name")
    }
    let events = auditLog.isEmpty ? [] : try await AuditLogFiles.read(auditLog)
    let unused =
      events.isEmpty ? [] : UnusedAccess.unusedRules(inventory, events).filter { review.accounts.contains($0.subject) }
    if format == .json {
      StandardOutput.answer("ComponentReview") { writer in
        writer.field("name", review.name)
        writer.field("accounts", review.accounts.map(\.name))
        writer.field("workloads", review.workloads.map(\.subject.text))
        writer.key("nodeAccess")
        writer.array(of: review.escapes) { writer, item in
          writer.object { writer in
            writer.field("workload", item.workload.subject.text)
            writer.field("id", item.escape.escape.id)
            writer.field("attack", item.escape.escape.attack.id)
            writer.field("gain", item.escape.escape.gain == .node ? "node" : "credentials")
            writer.field("path", item.escape.evidence.path)
            writer.field("text", item.escape.text)
          }
        }
        writer.key("risks")
        writer.array(of: review.exposures) { writer, item in
          writer.object { writer in
            writer.field("account", item.account.name)
            writer.field("id", item.exposure.risk.id)
            writer.field("severity", item.exposure.severity.name)
            writer.field("namespace", item.exposure.namespace)
            writer.field("outcome", item.exposure.risk.outcome.rawValue)
            writer.field("fix", item.exposure.risk.fix)
          }
        }
        writer.key("waysToClusterAdmin")
        writer.array(of: review.ways) { writer, way in
          writer.object { writer in
            writer.field("account", way.account.name)
            writer.field("steps", way.steps.map { "\($0.to.text): \($0.text)" })
          }
        }
        writer.key("unused")
        writer.array(of: unused) { writer, item in
          writer.object { writer in
            writer.field("account", item.subject.name)
            writer.key("rules")
            writer.array(of: item.rules) { $0.value(GrantManifest.rule($1)) }
          }
        }
      }
      return
    }
    let terminal = Terminal(width: StandardOutput.width, colour: false)
    var text = "\(Terminal.printable(review.name))\n"
    for workload in review.workloads {
      let needs = Self.hold(workload, review)
      text += terminal.wrapped("\(workload.subject.text)\(needs.isEmpty ? "" : ": " + needs)", indent: 2) + "\n"
    }
    for account in review.accounts {
      text += "\n\(Terminal.printable(account.text))\n"
      let exposures = review.exposures.filter { $0.account == account }.map(\.exposure)
      if exposures.isEmpty { text += "  holds nothing dangerous\n" }
      for exposure in exposures {
        let place = exposure.namespace.map { "in " + $0 } ?? "everywhere"
        text += "  \(Terminal.padded(exposure.severity.name.uppercased(), 8))  \(exposure.risk.title) \(place)\n"
        if exposure.severity >= .high { text += terminal.wrapped(exposure.risk.fix, indent: 12) + "\n" }
      }
      if let way = review.ways.first(where: { $0.account == account }) {
        text += "  To cluster admin:\n"
        for step in way.steps { text += terminal.wrapped("→ \(step.to.text): \(step.text)", indent: 4) + "\n" }
      }
      for item in unused where item.subject == account {
        text += "  Not used, by \(inventory.describe(binding: item.binding)):\n"
        for rule in item.rules { text += terminal.wrapped(rule.text, indent: 4) + "\n" }
      }
    }
    if events.isEmpty { text += "\nWhat it uses is told by an audit log: --audit-log FILE.\n" }
    StandardOutput.write(text)
  }

  /// What a workload holds of its node: the ways to it, and what leads nowhere by itself.
  private static func hold(_ workload: Workload, _ review: ComponentReview) -> String {
    let escapes = review.escapes.filter { $0.workload.subject == workload.subject }.map(\.escape)
    let told = Set(escapes.map(\.evidence.path))
    let paths = HostPathMount.all(in: workload.template).filter { !told.contains($0.evidence.path) }.map(\.path)
    var parts = escapes.map(\.text)
    if !paths.isEmpty { parts.append("it mounts \(paths.joined(separator: ", ")) of the node") }
    if workload.template.hostNetwork { parts.append("it has the node's network") }
    return parts.joined(separator: ", ")
  }
}
