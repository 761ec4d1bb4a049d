import Access
import Kube

/// Steps by constrained impersonation: somebody may be another one, but only for the requests that are named as well.
///
/// Source: KEP-5284 (on by default from Kubernetes 1.36): a verb `impersonate:MODE` on the identity, in the group
/// authentication.k8s.io, and a verb `impersonate-on:MODE:VERB` on what is asked for.
extension EscalationGraph {
  /// What kind of identity is taken on, as the verbs spell it.
  package enum Delegation: String, Sendable, Hashable, CaseIterable {
    case userInfo = "user-info"
    case serviceAccount = "serviceaccount"
    case arbitraryNode = "arbitrary-node"
    case associatedNode = "associated-node"

    fileprivate var resource: String {
      switch self {
      case .userInfo: "users"
      case .serviceAccount: "serviceaccounts"
      case .arbitraryNode, .associatedNode: "nodes"
      }
    }

    /// The verb that is asked for beside being somebody else.
    package func verb(for verb: String) -> String { "impersonate-on:\(rawValue):\(verb)" }

    /// The rule as it would read if the holder needed nobody else's name for it; nil where it says nothing of this mode.
    fileprivate func granted(by rule: PolicyRule) -> PolicyRule? {
      let prefix = verb(for: "")
      let verbs = rule.verbs.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
      guard !verbs.isEmpty else { return nil }
      var own = rule
      own.verbs = verbs
      return own
    }
  }

  /// Whether a role says anything that counts here.
  static func delegates(_ role: AccessInventory.Role) -> Bool {
    role.rules.contains { rule in
      rule.verbs.contains { $0.hasPrefix("impersonate-on:") || $0.hasPrefix("impersonate:") }
    }
  }

  mutating func addDelegations(
    _ from: Position, _ subject: AccessSubject, _ identity: Identity, namespace: String?, _ profile: AccessProfile,
    _ open: OpenNamespaces
  ) {
    let bindings = inventory.bindings(for: identity, namespace: namespace ?? "")
    let rights = NamedRights(inventory, bindings)
    let global = NamedRights(inventory, bindings.filter { inventory.bindings[$0].namespace == nil })
    let rules = bindings.compactMap { inventory.bindings[$0].role }.flatMap { inventory.roles[$0].rules }
    for mode in Delegation.allCases {
      // Who one is taken for is asked in the cluster, but for accounts.
      let who = (mode == .serviceAccount ? rights : global).names(
        ["impersonate:\(mode.rawValue)"], "authentication.k8s.io", mode.resource)
      guard !who.isEmpty else { continue }
      let limits = CapabilitySet(rules.compactMap(mode.granted), inNamespace: namespace != nil)
      guard !limits.isEmpty else { continue }
      switch mode {
      case .arbitraryNode, .associatedNode:
        // The node authorizer gives a kubelet the Secrets of its pods and the tokens of their accounts.
        guard limits.has(.readSecrets) || limits.has(.createTokens), let binding = who.all ?? who.some.values.min()
        else { continue }
        add(from, .nodeCredentials, .impersonatesWithin, .right(binding: binding))
      case .userInfo, .serviceAccount:
        addDelegates(from, subject, mode, who, limits, namespace: namespace, profile, open)
      }
    }
  }

  private mutating func addDelegates(
    _ from: Position, _ subject: AccessSubject, _ mode: Delegation, _ who: NamedRights.Names, _ limits: CapabilitySet,
    namespace: String?, _ profile: AccessProfile, _ open: OpenNamespaces
  ) {
    func isMeant(_ other: AccessSubject) -> Int? {
      switch (mode, other) {
      case (.userInfo, .user(let name)): who.binding(for: name)
      case (.serviceAccount, .serviceAccount(let place, let name)) where namespace == nil || namespace == place:
        who.binding(for: name)
      default: nil
      }
    }
    var others = Set(inventory.allSubjects).union(inventory.builtInBindings.keys)
    if mode == .userInfo { for name in who.names { others.insert(AccessSubject.account(ofUser: name) ?? .user(name)) } }
    others.remove(subject)
    for other in others.sorted() {
      guard let binding = isMeant(other) else { continue }
      let identity = inventory.identity(of: other)
      var rights = profile.clusterWide(identity)
      if let namespace { rights.formUnion(profile.within(namespace, identity)) }
      let common = rights.has(.everything) ? limits : limits.intersection(rights)
      guard !common.isEmpty else { continue }
      let position = Position.delegate(of: subject, mode, as: other)
      add(from, position, .impersonatesWithin, .rightOn(object: other.text, binding: binding))
      addSteps(position, common, known: [], namespace: namespace, open) { _ in nil }
    }
  }
}
