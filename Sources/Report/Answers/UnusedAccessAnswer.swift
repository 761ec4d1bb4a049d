package import Access
package import Bytes
import Findings
package import Kube

/// Permissions that nobody can use or that allow nothing, or that nobody used during an audit log (`rbac unused`).
package struct UnusedAccessAnswer: KindOfAnswer {
  package static let kind = "UnusedAccess"

  private let roles: [Int]
  private let bindings: [UnusedAccess.EmptyBinding]
  private let ineffective: [IneffectiveRules.Item]
  private let rules: [UnusedAccess.Unused]
  /// Time of the first request in the log, RFC 3339; nil without a log, or without any time in it.
  private let since: String?
  private let hasLog: Bool
  private let inventory: AccessInventory

  package let notSeen: [NotSeen]

  /// - Parameters:
  ///   - events: of an audit log; nil without one.
  ///   - log: what of the log could not be read: a right may have been used there.
  package init(_ inventory: AccessInventory, events: [ObservedRequest]?, unread log: [NotSeen] = []) {
    // A Role is bound in its own namespace alone, and where there are no roles, none is unused.
    let given = inventory.roles[..<inventory.firstBuiltInRole]
    let restsOnClusterBindings = given.contains { $0.namespace == nil }
    let absent =
      given.isEmpty
      ? []
      : inventory.absentGrants().filter { item in
        item.kind == .roleBinding || restsOnClusterBindings || inventory.holdsNoBindings
      }
    notSeen = inventory.snapshot.notSeen(AccessInventory.kinds + [.serviceAccount]) + absent + log
    ineffective = IneffectiveRules.all(inventory)
    self.inventory = inventory
    roles = UnusedAccess.unboundRoles(inventory)
    bindings = UnusedAccess.emptyBindings(inventory)
    rules = events.map { UnusedAccess.unusedRules(inventory, $0) } ?? []
    since = events?.map(\.time).filter { !$0.isEmpty }.min()
    hasLog = events != nil
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
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
    writer.key("ineffective")
    writer.array(of: ineffective) { writer, item in
      writer.object { writer in
        writer.field("role", inventory.roles[item.role].object.subject.text)
        writer.field("location", place(item))
        writer.key("rule")
        writer.value(GrantManifest.rule(item.part))
        writer.field("reason", item.cause.reason)
      }
    }
    writer.key("rules")
    writer.array(of: rules) { writer, item in
      writer.object { writer in
        writer.field("subject", item.subject.text)
        writer.field("binding", inventory.describe(binding: item.binding))
        writer.field("usedRules", item.usedRules)
        writer.key("unused")
        writer.array(of: item.rules) { $0.value(GrantManifest.rule($1)) }
        writer.key("partlyUsed")
        writer.array(of: item.partly) { writer, part in
          writer.object { writer in
            writer.key("rule")
            writer.value(GrantManifest.rule(part.rule))
            writer.key("used")
            writer.array(of: part.used) { $0.value(GrantManifest.rule($1)) }
          }
        }
      }
    }
  }

  private func place(_ item: IneffectiveRules.Item) -> String {
    let object = inventory.roles[item.role].object
    let rules = object.root["rules"]?.elements ?? []
    return object.location(of: rules.indices.contains(item.rule) ? rules[item.rule] : nil).text
  }

  package func text(_ terminal: Terminal) -> String {
    var tables = [
      TextTable(
        "Roles that no binding refers to", columns: ["role", "place"],
        rows: roles.map { [inventory.roles[$0].object.subject.text, inventory.roles[$0].object.location.text] }),
      TextTable(
        "Bindings without effect", columns: ["binding", "place", "why"],
        rows: bindings.map {
          [inventory.bindings[$0.binding].object.subject.text, inventory.place(binding: $0.binding), $0.reason]
        }),
      TextTable(
        "Rules that no request fits", columns: ["role", "place", "what", "why"],
        rows: ineffective.map {
          [inventory.roles[$0.role].object.subject.text, place($0), $0.part.text, $0.cause.reason]
        }),
    ]
    if hasLog {
      tables.append(
        TextTable(
          "Rights not used since \(since ?? "the log began")", columns: ["subject", "by", "not used"],
          rows: rules.map {
            [$0.subject.text, inventory.describe(binding: $0.binding), $0.text]
          }))
    }
    return tables.map { $0.text(terminal) }.joined(separator: "\n")
  }
}

extension UnusedAccess.Unused {
  /// `delete pods (core); all but list pods (core) of * * (*)`
  var text: String {
    (rules.map(\.text)
      + partly.map { part in "all but \(part.used.map(\.text).joined(separator: ", ")) of \(part.rule.text)" })
      .joined(separator: "; ")
  }
}
