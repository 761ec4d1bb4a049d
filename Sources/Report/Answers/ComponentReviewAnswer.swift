package import Access
package import Bytes
package import Depth
import Findings
package import Kube
import PodSecurity

/// What a third-party component is granted, and how far that reaches (`rbac component`).
package struct ComponentReviewAnswer: KindOfAnswer {
  package static let kind = "ComponentReview"

  private let review: ComponentReview
  /// Rules of its accounts without any use in an audit log; nil without a log.
  private let unused: [UnusedAccess.Unused]?
  private let inventory: AccessInventory
  private let log: [NotSeen]

  package var notSeen: [NotSeen] {
    inventory.snapshot.notSeen(
      anyOf: AccessInventory.kinds + [.serviceAccount, .secret, .namespace] + PodTemplateCatalogue.kinds)
      // The manifests of a component may well hold bindings of one kind alone.
      + (inventory.holdsNoBindings ? inventory.absentGrants() : []) + inventory.otherAuthorizers.others.map(\.notSeen)
      + inventory.unknownRoles(review.accounts.flatMap { inventory.bindings(for: inventory.identity(of: $0)) }) + log
  }

  /// - Parameters:
  ///   - unused: nil without an audit log.
  ///   - log: what of the log could not be read.
  package init(
    _ review: ComponentReview, unused: [UnusedAccess.Unused]?, unread log: [NotSeen] = [], _ inventory: AccessInventory
  ) {
    self.log = log
    self.review = review
    self.unused = unused
    self.inventory = inventory
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
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
    writer.array(of: unused ?? []) { writer, item in
      writer.object { writer in
        writer.field("account", item.subject.name)
        writer.key("rules")
        writer.array(of: item.rules) { $0.value(GrantManifest.rule($1)) }
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    var text = "\(Terminal.printable(review.name))\n"
    for workload in review.workloads {
      let needs = nodeAccess(of: workload)
      text += terminal.wrapped("\(workload.subject.text)\(needs.isEmpty ? "" : ": " + needs)", indent: 2) + "\n"
    }
    for account in review.accounts {
      text += "\n\(Terminal.printable(account.text))\n"
      let exposures = review.exposures.filter { $0.account == account }.map(\.exposure)
      let unknown = review.unknown.filter { $0.account == account }.map(\.reason)
      for reason in unknown { text += "  what it may do is not known: \(Terminal.printable(reason))\n" }
      if exposures.isEmpty, unknown.isEmpty { text += "  has no dangerous permission\n" }
      for exposure in exposures {
        let place = exposure.namespace.map { "in " + $0 } ?? "everywhere"
        text += "  \(Terminal.padded(exposure.severity.name.uppercased(), 8))  \(exposure.risk.title) \(place)\n"
        if exposure.severity >= .high { text += terminal.wrapped(exposure.risk.fix, indent: 12) + "\n" }
      }
      if let way = review.ways.first(where: { $0.account == account }) {
        text += "  Path to cluster admin:\n"
        for step in way.steps { text += terminal.wrapped("→ \(step.to.text): \(step.text)", indent: 4) + "\n" }
      }
      for item in unused ?? [] where item.subject == account {
        text += "  Not used, by \(inventory.describe(binding: item.binding)):\n"
        for rule in item.rules { text += terminal.wrapped(rule.text, indent: 4) + "\n" }
      }
    }
    return text + (unused == nil ? "\nPass --audit-log FILE to see which of these permissions it uses.\n" : "")
  }

  /// The escapes of a workload to its node, and access to the node that is not an escape by itself.
  private func nodeAccess(of workload: Workload) -> String {
    let escapes = review.escapes.filter { $0.workload.subject == workload.subject }.map(\.escape)
    let known = Set(escapes.map(\.evidence.path))
    let paths = HostPathMount.all(in: workload.template).filter { !known.contains($0.evidence.path) }.map(\.path)
    var parts = escapes.map(\.text)
    if !paths.isEmpty { parts.append("it mounts \(paths.joined(separator: ", ")) of the node") }
    if workload.template.hostNetwork { parts.append("it uses the node's network") }
    return parts.joined(separator: ", ")
  }
}
