package import Findings

/// The capabilities of every role and subject of an inventory, computed once.
package struct AccessProfile: Sendable {
  package private(set) var inventory: AccessInventory
  /// By index of the inventory's roles, when bound everywhere.
  package let roles: [CapabilitySet]
  /// The same when bound in one namespace.
  package let rolesInNamespace: [CapabilitySet]
  private var inheritances: [[String]: Inheritance] = [:]

  /// What the groups of somebody hold, worked out once for all who are in the same groups: one grant to everybody in each
  /// namespace is not looked at again for each subject.
  package struct Inheritance: Sendable {
    /// The groups alone.
    package let identity: Identity
    package let cluster: CapabilitySet
    /// Sets of rights that they hold in single namespaces, each with the namespaces where they hold just that, in order.
    package let local: [CapabilitySet: [String]]
  }

  package init(_ inventory: AccessInventory) {
    self.inventory = inventory
    var everywhere = Set<Int>()
    var local = Set<Int>()
    for binding in inventory.bindings {
      guard let role = binding.role else { continue }
      if binding.namespace == nil { everywhere.insert(role) } else { local.insert(role) }
    }
    roles = inventory.roles.indices.map { index in
      everywhere.contains(index) || !local.contains(index)
        ? CapabilitySet(inventory.roles[index].rules) : CapabilitySet()
    }
    rolesInNamespace = inventory.roles.indices.map { index in
      local.contains(index) ? CapabilitySet(inventory.roles[index].rules, inNamespace: true) : CapabilitySet()
    }
    for subject in inventory.allSubjects {
      let groups = boundGroups(of: subject)
      if inheritances[groups] == nil { inheritances[groups] = inheritance(ofGroups: groups) }
    }
  }

  /// The same but for one binding of the snapshot: only what its subjects have a part in is worked out again.
  package func without(binding index: Int) -> AccessProfile {
    var other = self
    other.inventory = inventory.without(binding: index)
    var groups = Set<String>()
    for case .group(let name) in inventory.bindings[index].subjects { groups.insert(name) }
    guard !groups.isEmpty else { return other }
    other.inheritances = inheritances.filter { $0.key.allSatisfy { !groups.contains($0) } }
    for subject in inventory.allSubjects {
      let key = other.boundGroups(of: subject)
      if other.inheritances[key] == nil { other.inheritances[key] = other.inheritance(ofGroups: key) }
    }
    return other
  }

  /// Groups of a subject, itself aside, that are in any binding.
  private func boundGroups(of subject: AccessSubject) -> [String] {
    inventory.identity(of: subject).groups.filter {
      .group($0) != subject && !inventory.bindings(of: .group($0)).isEmpty
    }
  }

  private func inheritance(ofGroups groups: [String]) -> Inheritance {
    let identity = Identity(user: "", groups: groups)
    var local: [CapabilitySet: [String]] = [:]
    for namespace in inventory.namespaces(of: identity) {
      local[within(namespace, identity), default: []].append(namespace)
    }
    return Inheritance(identity: identity, cluster: clusterWide(identity), local: local)
  }

  /// What a subject holds by the groups that it is in.
  package func inheritance(of subject: AccessSubject) -> Inheritance {
    let groups = boundGroups(of: subject)
    return inheritances[groups] ?? inheritance(ofGroups: groups)
  }

  /// What a binding hands out; nothing for one whose role does not exist.
  package func set(ofBinding index: Int) -> CapabilitySet {
    let binding = inventory.bindings[index]
    guard let role = binding.role else { return CapabilitySet() }
    return binding.namespace == nil ? roles[role] : rolesInNamespace[role]
  }

  /// Capabilities of an identity in the whole cluster.
  package func clusterWide(_ identity: Identity) -> CapabilitySet {
    var set = CapabilitySet()
    for subject in identity.subjects {
      for index in inventory.clusterBindings[subject] ?? [] { set.formUnion(self.set(ofBinding: index)) }
    }
    if identity.isSuperuser { set.formUnion(Self.everything) }
    return set
  }

  /// What the group `system:masters` may, whatever is bound to it.
  private static let everything = CapabilitySet(PolicyRule.fullAuthority)

  /// Capabilities of an identity in one namespace, by bindings of that namespace only.
  package func within(_ namespace: String, _ identity: Identity) -> CapabilitySet {
    var set = CapabilitySet()
    guard let table = inventory.namespacedBindings[namespace] else { return set }
    for subject in identity.subjects {
      for index in table[subject] ?? [] { set.formUnion(self.set(ofBinding: index)) }
    }
    return set
  }

  /// A risk that one grant carries, or several together.
  package struct Exposure: Sendable {
    package let risk: AccessRisk
    /// Nil: everywhere.
    package let namespace: String?
    package let match: AccessRisk.Match
    package let severity: Severity
    /// Bindings that contribute to it.
    package let bindings: [Int]
  }

  /// Risks of one binding by itself.
  package func exposures(ofBinding index: Int) -> [Exposure] {
    let set = set(ofBinding: index)
    guard !set.isEmpty else { return [] }
    return exposures(set, namespace: inventory.bindings[index].namespace, bindings: [index])
  }

  private func exposures(_ set: CapabilitySet, namespace: String?, bindings: [Int]) -> [Exposure] {
    AccessRiskCatalogue.risks.compactMap { risk in
      guard risk.applies(toNamespace: namespace) else { return nil }
      let match = risk.match(set)
      guard match > .no else { return nil }
      return Exposure(
        risk: risk, namespace: namespace, match: match, severity: risk.severity(match, namespace: namespace),
        bindings: bindings)
    }
  }

  /// Risks of an identity by everything that it holds, worst first. Cluster-wide risks are not repeated for each
  /// namespace.
  package func exposures(of identity: Identity) -> [Exposure] {
    let cluster = clusterWide(identity)
    let clusterBindings = inventory.bindings(for: identity, namespace: "")
    var result = exposures(cluster, namespace: nil, bindings: clusterBindings)
    let everywhere = Set(result.filter { $0.match == .full }.map(\.risk.id))
    if !cluster.has(.everything) {
      for namespace in inventory.namespaces(of: identity) {
        var set = within(namespace, identity)
        set.formUnion(cluster)
        let bindings = inventory.bindings(for: identity, namespace: namespace)
        result += exposures(set, namespace: namespace, bindings: bindings).filter { !everywhere.contains($0.risk.id) }
      }
    }
    return inOrder(result)
  }

  /// Risks of a subject by what it holds itself, alone or together with what its groups hold, worst first. What its groups hold
  /// without it is theirs: one grant to everybody is not a risk of each.
  package func exposures(ofOwn subject: AccessSubject) -> [Exposure] {
    let own = inventory.bindings(of: subject)
    let identity = inventory.identity(of: subject)
    if identity.isSuperuser { return exposures(Self.everything, namespace: nil, bindings: own) }
    guard !own.isEmpty else { return [] }
    let groups = inheritance(of: subject)
    let inherited = groups.cluster
    var mine = CapabilitySet()
    for index in own where inventory.bindings[index].namespace == nil { mine.formUnion(set(ofBinding: index)) }
    var cluster = mine
    cluster.formUnion(inherited)
    func beyond(_ set: CapabilitySet, _ known: CapabilitySet, _ namespace: String?) -> [Exposure] {
      guard set != known else { return [] }
      let old = Dictionary(
        exposures(known, namespace: namespace, bindings: []).map { ($0.risk.id, $0.match) },
        uniquingKeysWith: { first, _ in first })
      let bindings = inventory.bindings(for: identity, namespace: namespace ?? "")
      return exposures(set, namespace: namespace, bindings: bindings).filter { ($0.match) > (old[$0.risk.id] ?? .no) }
    }
    var result = mine.isEmpty ? [] : beyond(cluster, inherited, nil)
    guard !cluster.has(.everything) else { return inOrder(result) }
    let everywhere = Set(result.filter { $0.match == .full }.map(\.risk.id))
    func new(_ set: CapabilitySet, beside theirs: CapabilitySet, in namespace: String) -> [Exposure] {
      beyond(set, theirs, namespace).filter { exposure in
        !everywhere.contains(exposure.risk.id) && exposure.risk.match(cluster) < exposure.match
      }
    }
    var local: [String: CapabilitySet] = [:]
    for index in own {
      if let namespace = inventory.bindings[index].namespace {
        local[namespace, default: CapabilitySet()].formUnion(set(ofBinding: index))
      }
    }
    var found: [String: [Exposure]] = [:]
    for (namespace, set) in local {
      var theirs = within(namespace, groups.identity)
      theirs.formUnion(inherited)
      var all = set
      all.formUnion(theirs)
      all.formUnion(cluster)
      found[namespace] = new(all, beside: theirs, in: namespace)
    }
    // Grants of the groups in a namespace are no news unless the subject's rights everywhere complete them.
    for (set, places) in mine.isEmpty ? [:] : groups.local {
      var theirs = set
      theirs.formUnion(inherited)
      var all = theirs
      all.formUnion(cluster)
      guard all != theirs, all != cluster else { continue }
      var alike: [Exposure]?
      for namespace in places where local[namespace] == nil {
        // What holds in one namespace holds in the others, but for the one that has risks of its own.
        if namespace == "kube-system" {
          found[namespace] = new(all, beside: theirs, in: namespace)
          continue
        }
        let known = alike ?? new(all, beside: theirs, in: namespace)
        alike = known
        found[namespace] = known.map {
          Exposure(
            risk: $0.risk, namespace: namespace, match: $0.match, severity: $0.severity, bindings: $0.bindings)
        }
      }
    }
    for (_, exposures) in found.sorted(by: { $0.key < $1.key }) { result += exposures }
    return inOrder(result)
  }

  /// The worst risk of what a subject's own bindings hand out, by themselves and together with what its groups hold; nil for
  /// none. A group that holds as much does not make it less.
  package func worst(ofOwn subject: AccessSubject) -> Exposure? {
    var all = exposures(ofOwn: subject)
    let own = inventory.bindings(of: subject)
    let everywhere = own.filter { inventory.bindings[$0].namespace == nil }
    var cluster = CapabilitySet()
    for index in everywhere { cluster.formUnion(set(ofBinding: index)) }
    all += exposures(cluster, namespace: nil, bindings: everywhere)
    for (namespace, local) in Dictionary(grouping: own, by: { inventory.bindings[$0].namespace }) {
      guard let namespace else { continue }
      var set = cluster
      for index in local { set.formUnion(self.set(ofBinding: index)) }
      let known = exposures(cluster, namespace: namespace, bindings: [])
      all += exposures(set, namespace: namespace, bindings: local + everywhere).filter { exposure in
        !known.contains { $0.risk.id == exposure.risk.id && $0.match >= exposure.match }
      }
    }
    return inOrder(all).first
  }

  private func inOrder(_ exposures: [Exposure]) -> [Exposure] {
    exposures.map { exposure in
      let capabilities = exposure.risk.needs.flatMap { $0 }
      return Exposure(
        risk: exposure.risk, namespace: exposure.namespace, match: exposure.match, severity: exposure.severity,
        bindings: exposure.bindings.filter { index in
          let set = set(ofBinding: index)
          return capabilities.contains(where: set.hasNamed)
        })
    }.sorted {
      $0.severity != $1.severity
        ? $0.severity > $1.severity : ($0.risk.id, $0.namespace ?? "") < ($1.risk.id, $1.namespace ?? "")
    }
  }
}
