import Access
import ArgumentParser
import Bytes
import Findings
import Report

struct RBACWhatCanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "what-can", abstract: "All that a subject may do, as a matrix.",
    discussion: """
      EXAMPLES
        bartizan rbac what-can ci/runner -f manifests/
        bartizan rbac what-can group:developers -n payments -f cluster.yaml
      """)

  @OptionGroup var input: RBACSources
  @Argument(help: "NAMESPACE/NAME, group:NAME or a user's name.") var subject: String
  @Option(name: .shortAndLong, help: "Only this namespace and what holds everywhere.") var namespace: String?
  @Option(help: "table or json.") var format: AnswerFormat = .table

  private static let verbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"]

  func run() async throws {
    let inventory = try await input.inventory()
    let parsed = AccessSubject(argument: subject)
    let identity = parsed.identity
    var scopes: [(namespace: String?, rules: [PolicyRule])] = [(nil, inventory.rules(for: identity, namespace: ""))]
    for own in inventory.namespaces(of: identity) where namespace == nil || namespace == own {
      let all = inventory.rules(for: identity, namespace: own)
      // Cluster-wide rules come first; what follows is the namespace's own.
      scopes.append((own, Array(all.dropFirst(scopes[0].rules.count))))
    }
    scopes = scopes.map { ($0.namespace, RuleCompaction.compact($0.rules)) }
    let risks = AccessProfile(inventory).exposures(of: identity)
    if format == .json {
      StandardOutput.answer("WhatCan") { writer in
        writer.field("subject", parsed.text)
        writer.key("permissions")
        writer.array(of: scopes.filter { !$0.rules.isEmpty }) { writer, scope in
          writer.object { writer in
            writer.field("namespace", scope.namespace)
            writer.key("rules")
            writer.array(of: scope.rules) { $0.value(GrantManifest.rule($1)) }
          }
        }
        writer.key("risks")
        writer.array(of: risks) { writer, risk in
          writer.object { writer in
            writer.field("id", risk.risk.id)
            writer.field("severity", risk.severity.name)
            writer.field("namespace", risk.namespace)
          }
        }
      }
      return
    }
    var rows: [[String]] = []
    for scope in scopes {
      for rule in scope.rules {
        let all = rule.verbs.contains("*")
        let marks = Self.verbs.map { all || rule.verbs.contains($0) ? "x" : "" }
        let other = rule.verbs.filter { !Self.verbs.contains($0) && $0 != "*" }
        var what =
          rule.nonResourceURLs.isEmpty
          ? rule.resources.joined(separator: ",") : rule.nonResourceURLs.joined(separator: ",")
        let groups = rule.apiGroups.filter { !$0.isEmpty }
        if !groups.isEmpty { what += " (\(groups.joined(separator: ",")))" }
        if !rule.resourceNames.isEmpty { what += " named \(rule.resourceNames.joined(separator: ","))" }
        if all {
          what += " and any other verb"
        } else if !other.isEmpty {
          what += " also \(other.joined(separator: ","))"
        }
        rows.append([scope.namespace ?? "everywhere"] + marks + [what])
      }
    }
    let terminal = Terminal(width: StandardOutput.width, colour: false)
    let sheet = TextTable(
      "", columns: ["where", "get", "lst", "wat", "cre", "upd", "pat", "del", "dlc", "resources"], rows: rows)
    var text = rows.isEmpty ? "\(parsed.text) holds no right in the input.\n" : sheet.text(terminal)
    if !risks.isEmpty {
      text += "\nDangerous\n"
      for risk in risks {
        text += "  \(Terminal.padded(risk.severity.name.uppercased(), 8))  \(risk.risk.title)"
        text +=
          " \(risk.namespace.map { "in " + $0 } ?? "everywhere")\(risk.match == .named ? ", for some names" : "")\n"
      }
    }
    StandardOutput.write(text)
  }
}
