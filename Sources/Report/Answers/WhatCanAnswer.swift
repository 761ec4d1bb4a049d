package import Access
package import Bytes
import Findings
package import Kube

/// All permissions of a subject (`rbac what-can`).
package struct WhatCanAnswer: KindOfAnswer {
  package static let kind = "WhatCan"

  /// Rules that hold in a namespace; cluster-wide for nil.
  private let scopes: [(namespace: String?, rules: [PolicyRule])]
  private let subject: AccessSubject
  private let risks: [AccessProfile.Exposure]
  package let notSeen: [NotSeen]

  /// - Parameter namespace: the only namespace to show besides cluster-wide rules; nil for all.
  package init(_ subject: AccessSubject, namespace: String?, _ inventory: AccessInventory) {
    self.subject = subject
    let identity = inventory.identity(of: subject)
    let scope = ResourceScope(inventory.snapshot)
    let own = inventory.bindings(for: identity).filter { index in
      let place = inventory.bindings[index].namespace
      return place == nil || namespace == nil || place == namespace
    }
    notSeen =
      identity.isSuperuser
      ? [] : inventory.notSeen(by: own) + inventory.otherAuthorizers.ofNode(identity).map(\.notSeen)
    let everywhere = inventory.rules(for: identity, namespace: "")
    // What every cluster gives the subject itself; what it gives to everybody is said of the groups.
    var builtIn: [String?: [PolicyRule]] = [:]
    for index in inventory.builtInBindings[subject] ?? [] {
      let binding = inventory.bindings[index]
      guard let role = binding.role, binding.namespace == nil || namespace == nil || binding.namespace == namespace
      else {
        continue
      }
      builtIn[binding.namespace, default: []] += inventory.roles[role].rules
    }
    var scopes: [(namespace: String?, rules: [PolicyRule])] = [(nil, everywhere + (builtIn[nil] ?? []))]
    for own in inventory.namespaces(of: identity) where namespace == nil || namespace == own {
      // Cluster-wide rules come first; the rest is the namespace's own.
      let rules = inventory.rules(for: identity, namespace: own).dropFirst(everywhere.count)
      scopes.append((own, rules.flatMap { $0.effective(inNamespaces: scope) }))
    }
    for (place, rules) in builtIn.sorted(by: { $0.key ?? "" < $1.key ?? "" }) {
      guard let place else { continue }
      if let known = scopes.firstIndex(where: { $0.namespace == place }) {
        scopes[known].rules += rules
      } else {
        scopes.append((place, rules))
      }
    }
    if identity.isSuperuser { scopes = [(nil, PolicyRule.fullAuthority)] }
    self.scopes = scopes.map { ($0.namespace, RuleCompaction.compact($0.rules)) }
    risks = AccessProfile(inventory).exposures(of: identity)
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("subject", subject.text)
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

  private static let verbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"]

  package func text(_ terminal: Terminal) -> String {
    let rows = scopes.flatMap { scope in scope.rules.map { Self.row($0, scope.namespace) } }
    let table = TextTable(
      columns: ["where", "get", "lst", "wat", "cre", "upd", "pat", "del", "dlc", "resources"], rows: rows)
    var text =
      rows.isEmpty
      ? "\(subject.text) has no permission in \(notSeen.isEmpty ? "the input" : "what was seen").\n"
      : table.text(terminal)
    if !risks.isEmpty {
      text += "\nDangerous\n"
      for risk in risks {
        text += "  \(Terminal.padded(risk.severity.name.uppercased(), 8))  \(risk.risk.title)"
        text +=
          " \(risk.namespace.map { "in " + $0 } ?? "everywhere")\(risk.match == .named ? ", for some names" : "")\n"
      }
    }
    return text
  }

  private static func row(_ rule: PolicyRule, _ namespace: String?) -> [String] {
    let all = rule.verbs.contains("*")
    let marks = verbs.map { all || rule.verbs.contains($0) ? "x" : "" }
    let other = rule.verbs.filter { !verbs.contains($0) && $0 != "*" }
    var what =
      rule.nonResourceURLs.isEmpty
      ? rule.resources.joined(separator: ",") : rule.nonResourceURLs.joined(separator: ",")
    let groups = rule.apiGroups.filter { !$0.isEmpty }
    if !groups.isEmpty { what += " (\(groups.joined(separator: ",")))" }
    if !rule.resourceNames.isEmpty { what += " named \(rule.namesText)" }
    if all {
      what += " and any other verb"
    } else if !other.isEmpty {
      what += " also \(other.joined(separator: ","))"
    }
    return [namespace ?? "everywhere"] + marks + [what]
  }
}
