package import Access
package import Bytes
import Findings
package import Kube

/// Everybody who may do something (`rbac who-can`).
package struct WhoCanAnswer: KindOfAnswer {
  package static let kind = "WhoCan"

  /// A subject with its grant, and the namespace that it holds in; cluster-wide for nil.
  package typealias Row = (namespace: String?, answer: WhoCan.Answer)

  private let verb: String
  private let resource: String
  private let namespace: String?
  private let rows: [Row]
  private let builtIn: [AccessSubject]
  private let inventory: AccessInventory

  package let notSeen: [NotSeen]

  /// - Parameters:
  ///   - resource: with its group, as it was understood.
  ///   - namespace: the only one that was asked about; nil for all.
  ///   - isAskedInNamespaces: whether a right to it has an effect when it is bound in a namespace.
  ///   - builtIn: those who may by what every cluster has and the input does not carry, kubelets among them.
  package init(
    verb: String, resource: String, namespace: String?, isAskedInNamespaces: Bool, _ rows: [Row],
    builtIn: [AccessSubject], _ inventory: AccessInventory
  ) {
    notSeen = inventory.notSeen(
      by: inventory.givenBindings.filter { index in
        guard let place = inventory.bindings[index].namespace else { return true }
        return isAskedInNamespaces && (namespace == nil || namespace == place)
      }, inNamespaces: isAskedInNamespaces)
    self.builtIn = builtIn
    self.verb = verb
    self.resource = resource
    self.namespace = namespace
    self.rows = rows
    self.inventory = inventory
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("verb", verb)
    writer.field("resource", resource)
    writer.field("namespace", namespace)
    writer.key("subjects")
    writer.array(of: rows) { writer, row in
      writer.object { writer in
        writer.field("kind", row.answer.subject.kind)
        writer.field("name", row.answer.subject.name)
        writer.field("namespace", row.namespace)
        writer.field("binding", inventory.describe(binding: row.answer.binding))
        writer.field("location", inventory.place(binding: row.answer.binding))
        writer.field("names", row.answer.names)
        if let members = members(of: row.answer.subject) { writer.field("members", members) }
      }
    }
    writer.field("builtIn", builtIn.map(\.text))
    if let masters = members(of: .group("system:masters")) { writer.field("masters", masters) }
  }

  /// Who is in a group, where the input tells.
  private func members(of subject: AccessSubject) -> [String]? {
    guard case .group(let name) = subject else { return nil }
    return inventory.memberships.members[name]?.map(\.text)
  }

  package func text(_ terminal: Terminal) -> String {
    let table = TextTable(
      columns: ["subject", "where", "by", "place"],
      rows: rows.map { row in
        [
          row.answer.subject.text
            + (members(of: row.answer.subject).map { ": " + $0.joined(separator: ", ") } ?? ""),
          (row.namespace ?? "everywhere")
            + (row.answer.names.isEmpty ? "" : ": " + row.answer.names.joined(separator: ",")),
          inventory.describe(binding: row.answer.binding), inventory.place(binding: row.answer.binding),
        ]
      })
    let subjects = Phrase.count(Set(rows.map(\.answer.subject)).count, "subject")
    let place = namespace.map { " in " + $0 } ?? ""
    let others = builtIn.filter { $0 != .group("system:masters") && $0 != .kubelets }
    let kubelets =
      builtIn.contains(.kubelets)
      ? ", and kubelets by the node authorizer, for their own node and what the pods on it use" : ""
    let also =
      others.isEmpty
      ? "" : " and \(Phrase.count(others.count, "account")) that every cluster has (\(Phrase.list(others.map(\.name))))"
    let masters = (members(of: .group("system:masters")) ?? []).map(Terminal.printable)
    let whose = masters.isEmpty ? "" : " (\(Phrase.list(masters)))"
    return table.text(terminal)
      + "\(notSeen.isEmpty ? "" : "At least ")\(subjects) may \(verb) \(resource)\(place), besides system:masters\(whose)\(also)\(kubelets).\n"
  }
}
