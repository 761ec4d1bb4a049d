package import Bytes
import Findings
package import Kube

/// What dialects share while they compile: selectors over classes of pods, blocks, ports, and remarks.
package struct PolicyCompiler {
  package let cluster: ReachCluster
  package let profile: ReachProfile
  package private(set) var remarks: [PolicyRemark] = []
  /// By object, paths within its spec of fields that its kind does not have.
  private(set) var strange: [ObjectKey: [String]] = [:]
  private let byValue: [String: [String: PeerSet]]
  private let byKey: [String: PeerSet]
  private let byNamespace: [String: PeerSet]
  private var podSelectors: [LabelSelector: PeerSet] = [:]
  private var namespaceSelectors: [LabelSelector: PeerSet] = [:]
  package let pods: PeerSet
  package let hosts: PeerSet
  /// Pods that policies select and selectors match.
  package let selectable: PeerSet
  /// Addresses and names outside the cluster.
  package let external: PeerSet
  package let everything: PeerSet
  package let none: PeerSet
  /// Pods on a node's network of which no address is known.
  let placeless: PeerSet
  /// Pods with an address of their own that is not known, as templates of pods have none yet.
  let addressless: PeerSet
  /// Families of the addresses of pods, as far as the input shows them; IPv4 where it shows none.
  private let families: (v4: Bool, v6: Bool, areKnown: Bool)
  /// IPv4 addresses of all pods that policies select, in order.
  private let podAddresses: [UInt128]
  /// Addresses of pods in order, with their classes.
  private let addresses: [(address: IPAddress, podClass: PodClassID)]

  init(_ cluster: ReachCluster, _ profile: ReachProfile) {
    self.cluster = cluster
    self.profile = profile
    let none = PeerSet(count: cluster.peerCount)
    var byValue: [String: [String: PeerSet]] = [:]
    var byKey: [String: PeerSet] = [:]
    var byNamespace: [String: PeerSet] = [:]
    var pods = none
    var selectable = none
    var hosts = none
    var placeless = none
    var addressless = none
    var addresses: [(address: IPAddress, podClass: PodClassID)] = []
    for id in cluster.podClassIDs {
      let podClass = cluster[id]
      addresses += podClass.addresses.map { ($0, id) }
      guard podClass.role.selects else {
        if podClass.role == .host { hosts.insert(id) }
        continue
      }
      pods.insert(id)
      if podClass.addresses.isEmpty {
        if podClass.hostNetwork { placeless.insert(id) } else { addressless.insert(id) }
      }
      if !podClass.hostNetwork || profile.hostNetworkPodsAreSelected { selectable.insert(id) }
      byNamespace[podClass.namespace, default: none].insert(id)
      for (key, value) in podClass.labels {
        byValue[key, default: [:]][value, default: none].insert(id)
        byKey[key, default: none].insert(id)
      }
    }
    self.byValue = byValue
    self.byKey = byKey
    self.byNamespace = byNamespace
    self.pods = pods
    self.hosts = hosts
    self.selectable = selectable
    self.placeless = placeless
    self.addressless = addressless
    let shown = addresses.map(\.address) + cluster.services.all.flatMap(\.clusterAddresses)
    families = (
      shown.isEmpty || shown.contains { !$0.isV6 }, shown.contains { $0.isV6 }, !shown.isEmpty
    )
    podAddresses = cluster.endpoints.filter { !$0.hostNetwork }.flatMap(\.addresses).filter { !$0.isV6 }.map(\.value)
      .sorted()
    self.addresses = addresses.sorted {
      ($0.address.isV6 ? 1 : 0, $0.address.value) < ($1.address.isV6 ? 1 : 0, $1.address.value)
    }
    var external = none
    for peer in cluster.peerIDs where cluster.podClass(peer) == nil { external.insert(peer) }
    self.external = external
    self.none = none
    everything = PeerSet(count: cluster.peerCount, full: true)
  }

  // MARK: Remarks

  /// - Parameter hides: something was left out because of it.
  package mutating func report(
    _ object: KubeObject, _ node: DocumentNode?, _ detail: String, code: PolicyRemark.Code, hides: Bool = true
  ) {
    remarks.append(
      PolicyRemark(
        code: code, object: object.subject, location: object.location(of: node), detail: detail, hidesInput: hides))
  }

  /// Reports what the API server would refuse, or what cannot be understood: the policy says nothing then.
  package mutating func refuse(_ object: KubeObject, _ node: DocumentNode?, _ detail: String) {
    report(object, node, detail + "; the policy was ignored", code: .refused)
  }

  /// An object of the input.
  struct ObjectKey: Hashable {
    private let subject: Subject
    private let location: Location

    init(_ object: KubeObject) {
      subject = object.subject
      location = object.location
    }
  }

  /// Reports fields that a policy's kind does not have: what depends on them is not known.
  package mutating func check(_ object: KubeObject, _ fields: PolicyFields) {
    guard let spec = object.spec else { return }
    check(object, fields, spec, at: "spec")
  }

  /// The same of one of several specs.
  mutating func check(_ object: KubeObject, _ fields: PolicyFields, _ spec: DocumentNode, at place: String) {
    for (path, entry, meant) in fields.unknown(in: spec, at: place) {
      strange[ObjectKey(object), default: []].append(String(path.dropFirst(place.count + 1)))
      remarks.append(
        PolicyRemark(
          code: .unknownField, object: object.subject,
          location: Location(file: object.file, line: Int(entry.line), column: Int(entry.column)),
          detail:
            "unknown field \(path)\(meant.map { ", did you mean \($0)?" } ?? "") The API server drops it, unless it validates strictly"
        ))
    }
  }

  /// Pods that a folder of manifests mostly does not hold, where a selector of namespaces means none that it holds pods of.
  ///
  /// - Parameter matches: whether the selector matches a namespace of some name and labels.
  func elsewhere(_ matches: (_ name: String, _ labels: [String: String]) -> Bool) -> PeerSet? {
    guard !cluster.isWhole, let controller = cluster.unseen(.unseenIngressController) else { return nil }
    guard !cluster.populatedNamespaces.contains(where: { matches($0, cluster.namespaces[$0] ?? [:]) }) else {
      return nil
    }
    var result = none
    result.insert(controller)
    return result
  }

  /// Of objects of one kind, namespace and name the last, as applying them in order would leave it.
  package mutating func lastOfEqualNames(_ objects: [KubeObject]) -> [KubeObject] {
    struct Key: Hashable {
      let kind: String
      let namespace: String
      let name: String
    }
    var seen = Set<Key>()
    var kept: [KubeObject] = []
    // Of a version that no server has, nobody acts by it; see `ForeignPolicies`.
    for object in objects.reversed() where ForeignPolicies.isServed(object) {
      if seen.insert(Key(kind: object.kind, namespace: object.effectiveNamespace, name: object.name)).inserted {
        kept.append(object)
      } else {
        let detail = "a later \(object.kind) with the same name replaces it"
        report(object, object.metadata, detail, code: .replaced)
      }
    }
    return kept.reversed()
  }

  // MARK: Pods

  /// Reads a selector, and reports one that the API server would refuse.
  package mutating func selector(_ node: DocumentNode?, _ object: KubeObject) -> LabelSelector? {
    guard let node else { return .everything }
    do throws(LabelSelector.Invalid) {
      return try LabelSelector(node)
    } catch {
      refuse(object, error.node, error.message)
      return nil
    }
  }

  /// Pods whose labels a selector matches, in any namespace.
  package mutating func pods(_ selector: LabelSelector) -> PeerSet {
    if let known = podSelectors[selector] { return known }
    var result = selectable
    for requirement in selector.requirements { result.formIntersection(pods(requirement)) }
    podSelectors[selector] = result
    return result
  }

  private func pods(_ requirement: LabelSelector.Requirement) -> PeerSet {
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
  package mutating func namespaces(_ selector: LabelSelector) -> PeerSet {
    if let known = namespaceSelectors[selector] { return known }
    var result = none
    for (name, labels) in cluster.namespaces where selector.matches(labels) {
      if let set = byNamespace[name] { result.formUnion(set) }
    }
    result.formIntersection(selectable)
    namespaceSelectors[selector] = result
    return result
  }

  package func namespace(_ name: String) -> PeerSet { (byNamespace[name] ?? none).intersection(selectable) }

  /// Pods that policies select and whose class meets a condition.
  package func selectable(where condition: (ReachCluster.PodClass) -> Bool) -> PeerSet {
    var result = none
    for id in cluster.podClassIDs where selectable.contains(id) && condition(cluster[id]) { result.insert(id) }
    return result
  }

  /// Pods behind some endpoints.
  package func classes(of endpoints: some Sequence<EndpointID>) -> PeerSet {
    var result = none
    for endpoint in endpoints { result.insert(cluster[endpoint].podClass) }
    return result
  }

  // MARK: Addresses

  /// Pods on the network of nodes whose labels a selector matches; and the nodes' own addresses, where they are known. Every
  /// pod on a node's network is on some node.
  func nodes(_ selector: LabelSelector) -> PolicyProgram.Peers {
    let nodes = cluster.snapshot.objects(GroupKind("", "Node"))
    var names = Set<String>()
    var addresses: [IPAddress] = []
    for node in nodes where selector.matches(node.labels) {
      names.insert(node.name)
      for item in node.root[path: "status", "addresses"]?.elements ?? [] {
        if let address = item["address"]?.string.flatMap({ IPAddress($0) }) { addresses.append(address) }
      }
    }
    var result = PolicyProgram.Peers(none)
    for id in cluster.podClassIDs {
      let podClass = cluster[id]
      guard podClass.hostNetwork, podClass.role != .host else { continue }
      let isOn = selector.requirements.isEmpty || podClass.node.map(names.contains) ?? false
      if isOn || podClass.addresses.contains(where: addresses.contains) { result.matched.insert(id) }
    }
    for address in addresses { if let peer = cluster.peer(of: address) { result.matched.insert(peer) } }
    if nodes.isEmpty {
      result.add(uncertain: hostPods.subtracting(result.matched), .nodes)
    } else {
      // Pods that were not scheduled yet may run on any of them.
      result.add(uncertain: placeless.subtracting(result.matched), .nodeAddress)
    }
    return result
  }

  /// Pods on the network of their node.
  var hostPods: PeerSet {
    var result = none
    for id in cluster.podClassIDs where cluster[id].hostNetwork && cluster[id].role != .host { result.insert(id) }
    return result
  }

  /// External addresses within a block, names when it holds all of them, and, when asked, pods with an address in it; where
  /// the address of a pod is not known it is in a block of all addresses, and maybe in any other.
  ///
  /// - Parameter pods: which pods count.
  package func block(_ block: IPRange, except: [IPRange] = [], pods wanted: BlockPods) -> PolicyProgram.Peers {
    var result = PolicyProgram.Peers(none)
    for index in cluster.rangeIndexes(within: block)
    where !except.contains(where: { $0.contains(cluster.ranges[index]) }) {
      result.matched.insert(cluster.peer(ofRange: index))
    }
    let isWhole = except.isEmpty && (block == .allV4 || block == .allV6)
    if isWhole { for index in cluster.names.indices { result.matched.insert(cluster.peer(ofName: index)) } }
    guard wanted != .none else { return result }
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
      let podClass = addresses[low].podClass
      let counts = wanted == .all || cluster[podClass].hostNetwork
      if counts, !except.contains(where: { $0.contains(addresses[low].address) }) { result.matched.insert(podClass) }
      low += 1
    }
    let hasFamily = block.isV6 ? families.v6 : families.v4
    if isWhole, hasFamily {
      result.matched.formUnion(placeless)
      if wanted == .all { result.matched.formUnion(addressless) }
    } else if hasFamily || !families.areKnown, !Self.unassigned.contains(where: { $0.contains(block) }) {
      result.add(uncertain: placeless, .nodeAddress)
      if wanted == .all { result.add(uncertain: addressless, .podAddress) }
    }
    return result
  }

  /// Blocks of which nothing has an address that others reach it at: for documentation, for the host itself, for groups.
  private static let unassigned = [
    "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "127.0.0.0/8", "224.0.0.0/4", "2001:db8::/32", "::1/128",
    "ff00::/8",
  ].compactMap { IPRange(cidr: $0) }

  /// Which pods a block of addresses may match.
  package enum BlockPods: Sendable {
    case none
    /// Those on their node's network.
    case onNodes
    case all
  }

  /// Names that a pattern covers: `*` stands for characters within a label, leading `**.` for labels of any number.
  package func names(matching pattern: String) -> PeerSet {
    var result = none
    for (index, name) in cluster.names.enumerated() where DNSName.covers(pattern, name) {
      result.insert(cluster.peer(ofName: index))
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
  func add(_ range: IPRange, except: [IPRange], pods: BlockPods, to peers: inout PolicyProgram.Peers) {
    peers = peers.union(block(range, except: except, pods: pods))
    guard !except.isEmpty || range != .allV4 && range != .allV6 else { return }
    if !cluster.names.isEmpty { peers.add(uncertain: names(matching: "*"), .addressesBehind(name: nil)) }
  }
}
