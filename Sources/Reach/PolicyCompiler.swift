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
  /// Units of pods, and those of hosts.
  let pods: Bitset
  let hosts: Bitset
  /// Units of pods that policies select and selectors match.
  let selectable: Bitset
  /// Addresses and names outside the cluster.
  let external: Bitset
  let everything: Bitset
  /// Pods on a node's network of which no address is known.
  let placeless: Bitset
  /// IPv4 addresses of all pods that policies select, in order.
  private let podAddresses: [UInt128]
  /// Addresses of pods in order, with their units.
  private let addresses: [(address: IPAddress, unit: Int)]

  init(_ cluster: ReachCluster, _ profile: ReachProfile) {
    self.cluster = cluster
    self.profile = profile
    let count = cluster.unitCount
    var byValue: [String: [String: Bitset]] = [:]
    var byKey: [String: Bitset] = [:]
    var byNamespace: [String: Bitset] = [:]
    var pods = Bitset(count: count)
    var selectable = Bitset(count: count)
    var hosts = Bitset(count: count)
    var placeless = Bitset(count: count)
    var addresses: [(address: IPAddress, unit: Int)] = []
    for (index, unit) in cluster.units.enumerated() {
      addresses += unit.addresses.map { ($0, index) }
      if unit.isHost {
        hosts.insert(index)
        continue
      }
      pods.insert(index)
      if unit.hostNetwork, unit.addresses.isEmpty { placeless.insert(index) }
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
    self.hosts = hosts
    self.selectable = selectable
    self.placeless = placeless
    podAddresses = cluster.endpoints.filter { !$0.hostNetwork }.flatMap(\.addresses).filter { !$0.isV6 }.map(\.value)
      .sorted()
    self.addresses = addresses.sorted {
      ($0.address.isV6 ? 1 : 0, $0.address.value) < ($1.address.isV6 ? 1 : 0, $1.address.value)
    }
    var external = Bitset(count: count)
    for index in cluster.units.count..<count { external.insert(index) }
    self.external = external
    everything = Bitset(count: count, full: true)
  }

  var none: Bitset { Bitset(count: cluster.unitCount) }

  mutating func report(
    _ object: KubeObject, _ node: DocumentNode?, _ message: String, code: Problem.Code = "bad-policy",
    hides: Bool = true
  ) {
    problems.append(
      Problem(
        code: code, location: object.location(of: node), subject: object.subject, message: message, hidesInput: hides))
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
    for (index, unit) in cluster.units.enumerated() where !unit.isHost {
      let isOn = unit.node.map(names.contains) ?? false
      if unit.hostNetwork, isOn || unit.addresses.contains(where: addresses.contains) { result.insert(index) }
    }
    for address in addresses { if let unit = cluster.unit(of: address) { result.insert(unit) } }
    return result
  }

  /// External addresses within a block, names when it holds all of them, and, when asked, pods with an address in it.
  func block(_ block: IPRange, except: [IPRange], matchesPods: Bool) -> Bitset {
    var result = none
    for index in cluster.rangeIndexes(within: block)
    where !except.contains(where: { $0.contains(cluster.ranges[index]) }) {
      result.insert(cluster.units.count + index)
    }
    if except.isEmpty, block == .allV4 || block == .allV6 {
      for index in cluster.firstName..<cluster.unitCount { result.insert(index) }
    }
    if matchesPods {
      func isBefore(_ address: IPAddress) -> Bool {
        address.isV6 == block.isV6 ? address.value < block.low : !address.isV6
      }
      var low = 0
      var high = addresses.count
      while low < high {
        let middle = (low + high) / 2
        if isBefore(addresses[middle].address) { low = middle + 1 } else { high = middle }
      }
      while low < addresses.count, block.contains(addresses[low].address) {
        if !except.contains(where: { $0.contains(addresses[low].address) }) { result.insert(addresses[low].unit) }
        low += 1
      }
    }
    return result
  }

  /// Names that a pattern covers: `*` stands for characters within a label, leading `**.` for labels of any number.
  func names(matching pattern: String) -> Bitset {
    var result = none
    for (index, name) in cluster.names.enumerated() where DNSName.covers(pattern, name) {
      result.insert(cluster.firstName + index)
    }
    return result
  }

  /// Whether any known address of a pod lies within a block that is not all addresses.
  func holdsPods(_ block: IPRange, except: [IPRange]) -> Bool {
    guard block != .allV4, !block.isV6 else { return false }
    var low = 0
    var high = podAddresses.count
    while low < high {
      let middle = (low + high) / 2
      if podAddresses[middle] < block.low { low = middle + 1 } else { high = middle }
    }
    while low < podAddresses.count, podAddresses[low] <= block.high {
      let address = IPAddress(isV6: block.isV6, value: podAddresses[low])
      if !except.contains(where: { $0.contains(address) }) { return true }
      low += 1
    }
    return false
  }

  /// Adds a block to the peers of a rule, with what may or may not lie within it.
  func add(
    _ range: IPRange, except: [IPRange], matchesPods: Bool, nodesMatch: Bool, to peers: inout PolicyProgram.Peers
  ) {
    peers.units.formUnion(block(range, except: except, matchesPods: matchesPods))
    guard !except.isEmpty || range != .allV4 && range != .allV6 else { return }
    if !cluster.names.isEmpty { peers.addMaybe(names(matching: "*"), "the addresses behind the name") }
    if nodesMatch { peers.addMaybe(placeless, "the address of the node that the pod runs on") }
  }

  /// Reads a selector, and reports one that the API server would refuse.
  mutating func selector(_ node: DocumentNode?, _ object: KubeObject) -> LabelSelector? {
    guard let node else { return .everything }
    do throws(LabelSelector.Invalid) {
      return try LabelSelector(node)
    } catch {
      report(object, error.node, "\(error.message); the policy was left out")
      return nil
    }
  }
}
