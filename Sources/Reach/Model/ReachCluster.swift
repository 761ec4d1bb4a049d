package import Bytes
package import Findings
package import Kube

/// Pods, namespaces and external addresses of a snapshot as network policies see them, in classes of equals.
package struct ReachCluster: Sendable {
  /// A pod, or the pods of a workload that has none in the snapshot.
  package struct Endpoint: Sendable {
    package let namespace: String
    package let name: String
    /// `Deployment`, `ReplicaSet`, …; nil for a pod without owner.
    package let ownerKind: String?
    package let ownerName: String
    /// True for an actual Pod object.
    package let isPod: Bool
    /// An interface of a node that Calico was told to protect.
    package var isHost = false
    package let labels: [String: String]
    package let serviceAccount: String
    package let hostNetwork: Bool
    package let addresses: [IPAddress]
    package let namedPorts: [NamedPort]
    package let location: Location
    /// The node that a pod was scheduled to.
    var node: String?
    var unit = 0

    /// `ns/name[Kind]`; a pod without owner is its own workload.
    package var workloadText: String {
      isHost ? "\(ownerName)[HostEndpoint]" : "\(namespace)/\(ownerName)[\(ownerKind ?? "Pod")]"
    }
    package var podText: String { isPod && !isHost ? "\(namespace)/\(name)" : workloadText }
  }

  package struct NamedPort: Sendable, Hashable {
    let name: String
    let transport: ConnectionSet.TransportProtocol
    let port: UInt16
  }

  /// Pods that no policy of the snapshot can tell apart.
  struct Unit: Sendable {
    let namespace: String
    let labels: [String: String]
    let serviceAccount: String
    let hostNetwork: Bool
    /// For pods on the node's network, which are the node as policies see it.
    let node: String?
    let addresses: [IPAddress]
    let namedPorts: [NamedPort]
    var isHost = false
    var endpoints: [Int]
  }

  package let snapshot: ClusterSnapshot
  package private(set) var endpoints: [Endpoint] = []
  /// Pods that the input does not hold but a question needs, such as an ingress controller.
  private(set) var extras: [Endpoint] = []
  private(set) var units: [Unit] = []
  /// Labels of every namespace that is declared or used, with the one that the server adds.
  let namespaces: [String: [String: String]]
  /// External addresses, cut at the borders of all blocks that policies name; each is a unit after the pods'.
  let ranges: [IPRange]
  /// Where the IPv6 ranges begin.
  private let firstV6: Int
  /// DNS names that policies name, `*` for labels of any text; each is a unit after the ranges'.
  package let names: [String]

  var unitCount: Int { units.count + ranges.count + names.count }
  var firstName: Int { units.count + ranges.count }

  /// Label keys that selectors of policies look at, and whether they look at accounts or addresses.
  struct Relevance {
    var keys = Set<String>()
    var accounts = false
    var addresses = false
    var blocks: [IPRange] = []
    var names = Set<String>()
    /// Whether the addresses of Services without pods are told apart.
    var services = false
  }

  /// - Parameter namespaceLabels: of namespaces that only extras are in.
  init(
    _ snapshot: ClusterSnapshot, relevance: Relevance, extra: [Endpoint] = [],
    namespaceLabels: [String: [String: String]] = [:]
  ) {
    self.snapshot = snapshot
    var namespaces: [String: [String: String]] = [:]
    for object in snapshot.objects(.namespace) {
      var labels = object.labels
      labels["kubernetes.io/metadata.name"] = object.name
      namespaces[object.name] = labels
    }
    var endpoints = Self.endpoints(snapshot)
    let count = endpoints.count
    endpoints += extra
    for (name, labels) in namespaceLabels where namespaces[name] == nil { namespaces[name] = labels }
    for endpoint in endpoints where namespaces[endpoint.namespace] == nil {
      namespaces[endpoint.namespace] = ["kubernetes.io/metadata.name": endpoint.namespace]
    }
    self.namespaces = namespaces
    ranges = Self.cut(relevance.blocks)
    firstV6 = ranges.firstIndex(where: \.isV6) ?? ranges.count
    names = relevance.names.sorted()
    struct Key: Hashable {
      let namespace: String
      let labels: [String: String]
      let account: String
      let hostNetwork: Bool
      let isHost: Bool
      let node: String?
      let addresses: [IPAddress]
      let ports: [NamedPort]
    }
    var known: [Key: Int] = [:]
    for index in endpoints.indices {
      let endpoint = endpoints[index]
      let labels = endpoint.labels.filter { relevance.keys.contains($0.key) }
      let key = Key(
        namespace: endpoint.namespace, labels: labels, account: relevance.accounts ? endpoint.serviceAccount : "",
        hostNetwork: endpoint.hostNetwork, isHost: endpoint.isHost, node: endpoint.hostNetwork ? endpoint.node : nil,
        addresses: relevance.addresses ? endpoint.addresses : [],
        ports: endpoint.namedPorts)
      if let unit = known[key] {
        if index < count { units[unit].endpoints.append(index) }
        endpoints[index].unit = unit
      } else {
        known[key] = units.count
        endpoints[index].unit = units.count
        units.append(
          Unit(
            namespace: endpoint.namespace, labels: labels, serviceAccount: endpoint.serviceAccount,
            hostNetwork: endpoint.hostNetwork, node: endpoint.node, addresses: endpoint.addresses,
            namedPorts: endpoint.namedPorts, isHost: endpoint.isHost,
            endpoints: index < count ? [index] : []))
      }
    }
    extras = Array(endpoints[count...])
    endpoints.removeSubrange(count...)
    self.endpoints = endpoints
  }

  private static func endpoints(_ snapshot: ClusterSnapshot) -> [Endpoint] {
    var result: [Endpoint] = []
    // Where the pods themselves were seen, they stand for their workload.
    var owned = Set<String>()
    for pod in snapshot.objects(.pod) {
      guard let spec = pod.spec else { continue }
      // A finished pod has no address any more.
      if let phase = pod.root[path: "status", "phase"]?.string, phase == "Succeeded" || phase == "Failed" { continue }
      let owner = pod.controller ?? Self.firstOwner(pod)
      if let owner { owned.insert("\(pod.effectiveNamespace)/\(owner.kind.kind)/\(owner.name)") }
      let template = PodTemplate(metadata: pod.metadata, spec: spec, path: "spec")
      var addresses = (pod.root[path: "status", "podIPs"]?.elements ?? []).compactMap {
        $0["ip"]?.string.flatMap { IPAddress($0) }
      }
      if addresses.isEmpty, let text = pod.root[path: "status", "podIP"]?.string, let address = IPAddress(text) {
        addresses = [address]
      }
      result.append(
        Endpoint(
          namespace: pod.effectiveNamespace, name: pod.name, ownerKind: owner?.kind.kind,
          ownerName: owner?.name ?? pod.name,
          isPod: true, labels: pod.labels, serviceAccount: template.serviceAccountName,
          hostNetwork: template.hostNetwork,
          addresses: addresses, namedPorts: ports(template), location: pod.location, node: spec["nodeName"]?.string))
    }
    // Calico's own records of pods, where a dump has those instead.
    let seen = Set(result.map { "\($0.namespace)/\($0.name)" })
    for group in ["projectcalico.org", "crd.projectcalico.org"] {
      for object in snapshot.objects(GroupKind(group, "WorkloadEndpoint")) {
        let name = object.spec?["pod"]?.string ?? object.name
        guard !seen.contains("\(object.effectiveNamespace)/\(name)") else { continue }
        let ports = (object.spec?["ports"]?.elements ?? []).compactMap { port -> NamedPort? in
          guard let name = port["name"]?.text, let value = port["port"]?.int.flatMap({ UInt16(exactly: $0) }),
            let transport = ConnectionSet.TransportProtocol(name: port["protocol"]?.string ?? "TCP")
          else { return nil }
          return NamedPort(name: name, transport: transport, port: value)
        }
        result.append(
          Endpoint(
            namespace: object.effectiveNamespace, name: name, ownerKind: nil, ownerName: name, isPod: true,
            labels: object.labels, serviceAccount: object.labels["projectcalico.org/serviceaccount"] ?? "default",
            hostNetwork: false,
            addresses: (object.spec?["ipNetworks"]?.strings ?? []).compactMap { text in
              IPAddress(String(text.prefix { $0 != "/" }))
            }, namedPorts: ports, location: object.location))
      }
    }
    for group in ["projectcalico.org", "crd.projectcalico.org"] {
      for object in snapshot.objects(GroupKind(group, "HostEndpoint")) {
        var host = Endpoint(
          namespace: "", name: object.name, ownerKind: "HostEndpoint", ownerName: object.name, isPod: false,
          labels: object.labels, serviceAccount: "", hostNetwork: true,
          addresses: (object.spec?["expectedIPs"]?.strings ?? []).compactMap { IPAddress($0) }, namedPorts: [],
          location: object.location, node: object.spec?["node"]?.string)
        host.isHost = true
        result.append(host)
      }
    }
    for workload in snapshot.workloads where workload.object.groupKind != .pod && workload.managed == 0 {
      let object = workload.object
      guard object.kind != "PodTemplate", !owned.contains("\(object.effectiveNamespace)/\(object.kind)/\(object.name)")
      else { continue }
      result.append(
        Endpoint(
          namespace: object.effectiveNamespace, name: object.name, ownerKind: object.kind, ownerName: object.name,
          isPod: false, labels: workload.template.labels, serviceAccount: workload.template.serviceAccountName,
          hostNetwork: workload.template.hostNetwork, addresses: [], namedPorts: ports(workload.template),
          location: object.location))
    }
    return result
  }

  private static func firstOwner(_ pod: KubeObject) -> (kind: GroupKind, name: String)? {
    guard let owner = pod.metadata?["ownerReferences"]?.elements.first, let kind = owner["kind"]?.string,
      let name = owner["name"]?.string
    else { return nil }
    return (GroupKind("", kind), name)
  }

  private static func ports(_ template: PodTemplate) -> [NamedPort] {
    var result: [NamedPort] = []
    for container in template.containers where container.role != .initial {
      for port in container.node["ports"]?.elements ?? [] {
        guard let name = port["name"]?.text, let number = port["containerPort"]?.int,
          let value = UInt16(exactly: number),
          value > 0, let transport = ConnectionSet.TransportProtocol(name: port["protocol"]?.string ?? "TCP")
        else { continue }
        result.append(NamedPort(name: name, transport: transport, port: value))
      }
    }
    return result.sorted { ($0.name, $0.transport.rawValue, $0.port) < ($1.name, $1.transport.rawValue, $1.port) }
  }

  /// All addresses of a family that appears, in pieces that no block cuts.
  private static func cut(_ blocks: [IPRange]) -> [IPRange] {
    var result: [IPRange] = []
    for whole in [IPRange.allV4, .allV6] {
      let mine = blocks.filter { $0.isV6 == whole.isV6 }
      // Without any IPv6 block the second family says nothing that the first does not.
      if whole.isV6, mine.isEmpty { continue }
      var starts: Set<UInt128> = [0]
      for block in mine {
        starts.insert(block.low)
        if block.high < whole.high { starts.insert(block.high + 1) }
      }
      let sorted = starts.sorted()
      for (index, low) in sorted.enumerated() {
        let high = index + 1 < sorted.count ? sorted[index + 1] - 1 : whole.high
        result.append(IPRange(isV6: whole.isV6, low: low, high: high))
      }
    }
    return result
  }

  /// The external unit that holds an address.
  func unit(of address: IPAddress) -> Int? {
    let index = rangeIndex(holding: address.value, isV6: address.isV6)
    return index.map { units.count + $0 }
  }

  /// Positions of the ranges within a block: blocks of policies never cut one in two.
  func rangeIndexes(within block: IPRange) -> Range<Int> {
    guard let first = rangeIndex(holding: block.low, isV6: block.isV6),
      let last = rangeIndex(holding: block.high, isV6: block.isV6)
    else { return 0..<0 }
    let low = block.contains(ranges[first]) ? first : first + 1
    let high = block.contains(ranges[last]) ? last + 1 : last
    return low < high ? low..<high : 0..<0
  }

  /// Whether the ranges can tell a block from what is around it.
  func cutsAt(_ block: IPRange) -> Bool {
    guard let first = rangeIndex(holding: block.low, isV6: block.isV6),
      let last = rangeIndex(holding: block.high, isV6: block.isV6)
    else { return false }
    return ranges[first].low == block.low && ranges[last].high == block.high
  }

  private func rangeIndex(holding value: UInt128, isV6: Bool) -> Int? {
    var low = isV6 ? firstV6 : 0
    var high = isV6 ? ranges.count : firstV6
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].high < value { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].isV6 == isV6 && ranges[low].low <= value ? low : nil
  }
}
