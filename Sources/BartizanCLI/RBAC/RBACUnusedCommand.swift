import Access
import ArgumentParser
import Bytes
import Events
import Findings
import Kube
import Report

struct RBACUnusedCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unused", abstract: "Rights that nobody can use, or, with an audit log, nobody did.",
    discussion: """
      EXAMPLES
        bartizan rbac unused -f manifests/
        bartizan rbac unused -f cluster.yaml --audit-log audit.log
        bartizan rbac unused -f cluster.yaml --audit-log audit.log --write > tightened.yaml

      --write prints, for each subject of the log that holds more than it used, roles with just what it used.
      """)

  @OptionGroup var input: RBACSources
  @Option(help: "Audit logs to look for use in. Repeatable.", completion: .file()) var auditLog: [String] = []
  @Flag(help: "Print tightened roles instead of the report.") var write = false
  @Option(help: "table or json.") var format: AnswerFormat = .table

  func run() async throws {
    if write, auditLog.isEmpty { throw BartizanError(.usage, "--write wants an --audit-log to tell what was used") }
    let inventory = try await input.inventory()
    let roles = UnusedAccess.unboundRoles(inventory)
    let bindings = UnusedAccess.emptyBindings(inventory)
    let events = auditLog.isEmpty ? [] : try await AuditLogFiles.read(auditLog)
    let unused = auditLog.isEmpty ? [] : UnusedAccess.unusedRules(inventory, events)
    let since = events.map(\.time).filter { !$0.isEmpty }.min()
    if write {
      let known = Set(unused.filter { $0.usedRules > 0 }.map(\.subject))
      let grants = LeastPrivilege(events, subjects: known).grants
      StandardOutput.write(YAMLWriter.text(GrantManifest.documents(grants)))
      return
    }
    switch format {
    case .json:
      StandardOutput.answer("UnusedAccess") { writer in
        writer.field("since", since)
        writer.field("roles", roles.map { inventory.roles[$0].object.subject.text })
        writer.key("bindings")
        writer.array(of: bindings) { writer, item in
          writer.object { writer in
            writer.field("binding", inventory.bindings[item.binding].object.subject.text)
            writer.field("reason", item.reason)
            writer.field("location", inventory.place(binding: item.binding))
          }
        }
        writer.key("rules")
        writer.array(of: unused) { writer, item in
          writer.object { writer in
            writer.field("subject", item.subject.text)
            writer.field("binding", inventory.describe(binding: item.binding))
            writer.field("usedRules", item.usedRules)
            writer.key("unused")
            writer.array(of: item.rules) { $0.value(GrantManifest.rule($1)) }
          }
        }
      }
    case .table:
      let terminal = Terminal(width: StandardOutput.width, colour: false)
      var text = TextTable(
        "Roles that no binding refers to", columns: ["role", "place"],
        rows: roles.map { [inventory.roles[$0].object.subject.text, inventory.roles[$0].object.location.text] }
      ).text(terminal)
      text += "\n"
      text += TextTable(
        "Bindings that grant nothing to somebody", columns: ["binding", "place", "why"],
        rows: bindings.map {
          [inventory.bindings[$0.binding].object.subject.text, inventory.place(binding: $0.binding), $0.reason]
        }
      ).text(terminal)
      if !auditLog.isEmpty {
        text += "\n"
        text += TextTable(
          "Rules without a use since \(since ?? "the log began")", columns: ["subject", "by", "unused rules"],
          rows: unused.map {
            [$0.subject.text, inventory.describe(binding: $0.binding), $0.rules.map(\.text).joined(separator: "; ")]
          }
        ).text(terminal)
      }
      StandardOutput.write(text)
    }
  }
}
