import Bytes
import Findings
import Kube

/// What dialects share while they compile: selectors over units, blocks, ports, and troubles.
struct PolicyCompiler {
  let cluster: ReachCluster
  let profile: ReachProfile
  private(set) var problems: [Problem] = []
  private let byValue: [String: [String: Bitset]]
  private let byKey: [String: Bitset]
  private let byNamespace: [String: Bitset]
  private var podSelectors: [LabelSelector: Bitset] = [:]
  private var namespaceSelectors: [LabelSelector: Bitset] = [:]
  /// Units of pods.
  let pods: Bitset
  /// Units of pods that policies select and selectors match.
  let selectable: Bitset
  let external: Bitset
  let everything: Bitset

  init(_ cluster: ReachCluster, _ profile: ReachProfile) {
    self.cluster = cluster
    self.profile = profile
    let count = cluster.unitCount
    var byValue: [String: [String: Bitset]] = [:]
    var byKey: [String: Bitset] = [:]
    var byNamespace: [String: Bitset] = [:]
    var pods = Bitset(count: count)
    var selectable = Bitset(count: count)
    for (index, unit) in cluster.units.enumerated() {
      pods.insert(index)
      if !unit.hostNetwork || profile.hostNetworkPodsAreSelected { selectable.insert(index) }
      byNamespace[unit.namespace, default: Bitset(count: count)].insert(index)
      for (key, value) in unit.labels {
        byValue[key, default: [:]][value, default: Bitset(count: count)].insert(index)
        byKey[key, default: Bitset(count: count)].insert(index)
      }
    }
    self.byValue = byValue
    self.byKey = byKey
    self.byNamespace = byNamespace
    self.pods = pods
    self.selectable = selectable
    var external = Bitset(count: count, full: true)
    external.subtract(pods)
    self.external = external
    everything = Bitset(count: count, full: true)
  }

  var none: Bitset { Bitset(count: cluster.unitCount) }

  mutating func report(
    _ object: KubeObject, _ node: Node?, _ message: String, code: String = "bad-policy", hides: Bool = true
  ) {
    problems.append(
      Problem(
        code: code, location: object.location(of: node), message: "\(object.subject.text): \(message)",
        hidesInput: hides))
  }

  /// Of objects of one kind, namespace and name the last, as applying them in order would leave it.
  mutating func lastOfEqualNames(_ objects: [KubeObject]) -> [KubeObject] {
    var seen = Set<String>()
    var kept: [KubeObject] = []
    for object in objects.reversed() {
      if seen.insert("\(object.kind)/\(object.effectiveNamespace)/\(object.name)").inserted {
        kept.append(object)
      } else {
        let message = "another \(object.kind) of this name follows and replaces it"
        report(object, object.metadata, message, code: "replaced-policy")
      }
    }
    return kept.reversed()
  }

  /// Pods whose labels a selector matches, in any namespace.
  mutating func pods(_ selector: LabelSelector) -> Bitset {
    if let known = podSelectors[selector] { return known }
    var result = selectable
    for requirement in selector.requirements { result.formIntersection(pods(requirement)) }
    podSelectors[selector] = result
    return result
  }

  private func pods(_ requirement: LabelSelector.Requirement) -> Bitset {
    var result = none
    switch requirement.comparison {
    case .isIn, .notIn:
      for value in requirement.values { if let set = byValue[requirement.key]?[value] { result.formUnion(set) } }
    case .exists, .doesNotExist:
      if let set = byKey[requirement.key] { result = set }
    }
    if requirement.comparison == .notIn || requirement.comparison == .doesNotExist { result.invert() }
    return result
  }

  /// Pods of the namespaces whose labels a selector matches.
  mutating func namespaces(_ selector: LabelSelector) -> Bitset {
    if let known = namespaceSelectors[selector] { return known }
    var result = none
    for (name, labels) in cluster.namespaces where selector.matches(labels) {
      if let set = byNamespace[name] { result.formUnion(set) }
    }
    result.formIntersection(selectable)
    namespaceSelectors[selector] = result
    return result
  }

  func namespace(_ name: String) -> Bitset {
    var result = byNamespace[name] ?? none
    result.formIntersection(selectable)
    return result
  }

  /// Pods on the network of nodes whose labels a selector matches; and the nodes' own addresses, where they are known.
  func nodes(_ selector: LabelSelector) -> Bitset {
    var names = Set<String>()
    var addresses: [IPAddress] = []
    for node in cluster.snapshot.objects(GroupKind("", "Node")) where selector.matches(node.labels) {
      names.insert(node.name)
      for item in node.root[path: "status", "addresses"]?.elements ?? [] {
        if let address = item["address"]?.string.flatMap({ IPAddress($0) }) { addresses.append(address) }
      }
    }
    var result = none
    for (index, unit) in cluster.units.enumerated() {
      let isOn = unit.node.map(names.contains) ?? false
      if unit.hostNetwork, isOn || unit.addresses.contains(where: addresses.contains) { result.insert(index) }
    }
    for address in addresses { if let unit = cluster.unit(of: address) { result.insert(unit) } }
    return result
  }

  /// External addresses within a block, and, when asked, pods with an address in it.
  func block(_ block: IPRange, except: [IPRange], matchesPods: Bool) -> Bitset {
    var result = none
    for (index, range) in cluster.ranges.enumerated()
    where block.contains(range) && !except.contains(where: { $0.contains(range) }) {
      result.insert(cluster.units.count + index)
    }
    if matchesPods {
      for (index, unit) in cluster.units.enumerated()
      where unit.addresses.contains(where: { address in
        block.contains(address) && !except.contains { $0.contains(address) }
      }) {
        result.insert(index)
      }
    }
    return result
  }

  /// Reads a selector, and reports one that the API server would refuse.
  mutating func selector(_ node: Node?, _ object: KubeObject) -> LabelSelector? {
    guard let node else { return .everything }
    do throws(LabelSelector.Invalid) {
      return try LabelSelector(node)
    } catch {
      report(object, error.node, "\(error.message); the policy was left out")
      return nil
    }
  }
}
