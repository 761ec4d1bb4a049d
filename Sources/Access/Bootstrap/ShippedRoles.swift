import Bytes
import Kube

/// Compares roles that bear the name of one that every cluster has with what that one grants. A name and a label prove nothing:
/// the API server adds what is missing at its start and leaves what was added.
enum ShippedRoles {
  enum Verdict: Sendable {
    /// It grants no more than in a new cluster of some release.
    case asShipped
    case widened
    /// No release known here has a role of this name.
    case unknown
  }

  static func verdict(_ role: AccessInventory.Role) -> Verdict {
    role.object.file == BootstrapPolicy.file
      ? .asShipped : verdict(kind: role.kind, namespace: role.namespace, name: role.name, role.rules)
  }

  static func verdict(kind: String, namespace: String?, name: String, _ rules: [PolicyRule]) -> Verdict {
    guard let shipped = self.rules(kind: kind, namespace: namespace, name: name) else { return .unknown }
    let isCovered = rules.allSatisfy { rule in
      shipped.contains(rule) || RuleCoverage.missing([rule], heldIn: shipped).isEmpty
    }
    if isCovered { return .asShipped }
    // A release between those that are known here may differ in what is harmless; what everybody has is the same in all.
    guard !ofEverybody.contains(name) else { return .widened }
    return CapabilitySet(rules).exceeds(CapabilitySet(shipped)) ? .widened : .asShipped
  }

  /// What any release grants by a role; nil where none has it.
  static func rules(kind: String, namespace: String?, name: String) -> [PolicyRule]? {
    table[key(kind, namespace, name)]
  }

  private static func key(_ kind: String, _ namespace: String?, _ name: String) -> String {
    "\(kind)/\(namespace.map { $0 + "/" } ?? "")\(name)"
  }

  private static let table: [String: [PolicyRule]] = Dictionary(
    BootstrapPolicy.all.flatMap(AccessInventory.roles(of:)).map { role in
      (key(role.kind, role.namespace, role.name), role.rules)
    }, uniquingKeysWith: +)

  /// Names of the roles that every cluster grants to whole groups of everybody.
  private static let ofEverybody: Set<String> = Set(
    BootstrapPolicy.all.flatMap(\.bindings).filter { AccessSubject.named(in: $0).contains { $0.isEverybody } }
      .compactMap { $0.root[path: "roleRef", "name"]?.string })
}
