package import Bytes
package import Kube

/// NetworkPolicies that allow the wanted connections and no others: by label, with everything else denied.
package struct PolicyGenerator: Sendable {
  package struct Options: Sendable {
    /// Allow the pods of kube-system labelled `k8s-app: kube-dns` to be asked, from every namespace that is closed.
    package var allowsDNS = true

    package init() {}
  }

  /// Manifests, by namespace and name.
  package let policies: [Node]
  /// Ends of wanted connections that are nothing in the snapshot, and workloads that labels cannot tell apart.
  package let troubles: [String]

  private struct Peer: Hashable, Comparable {
    let text: String
    let node: Node

    static func == (a: Peer, b: Peer) -> Bool { a.text == b.text }
    func hash(into hasher: inout Hasher) { hasher.combine(text) }
    static func < (a: Peer, b: Peer) -> Bool { a.text < b.text }
  }

  private struct Port: Hashable, Comparable {
    let transport: Int
    let port: UInt16

    static func < (a: Port, b: Port) -> Bool { (a.transport, a.port) < (b.transport, b.port) }
  }

  package init(_ wanted: [WantedConnection], _ snapshot: ClusterSnapshot, options: Options = Options()) {
    let cluster = ReachModel(snapshot).cluster
    var troubles: [String] = []
    var seenTroubles = Set<String>()
    func trouble(_ text: String) { if seenTroubles.insert(text).inserted { troubles.append(text) } }
    let names = EndpointNames(cluster)
    var selectors: [String: Node] = [:]
    for (name, endpoints) in names.workloads {
      guard let first = endpoints.first else { continue }
      let (selector, unique) = Self.selector(first, cluster)
      guard !first.labels.isEmpty else {
        trouble("\(name): its pods have no labels, so no policy can mean them; label them, then generate again")
        continue
      }
      selectors[name] = selector
      if !unique { trouble("\(name): no labels of its own; its policies hold for the pods that share them, too") }
    }
    var rules: [String: [Int: [Peer: Set<Port>]]] = [:]
    for connection in wanted {
      let from = names.resolve(connection.source)
      let to = names.resolve(connection.destination)
      if case .unknown = from { trouble("\"\(connection.source)\" is no pod, workload or address of the input") }
      if case .unknown = to { trouble("\"\(connection.destination)\" is no pod, workload or address of the input") }
      func peer(_ end: EndpointNames.End, seenFrom workload: String) -> Peer? {
        switch end {
        case .unknown: return nil
        case .block(let range, let text):
          _ = range
          let block = Self.object([("ipBlock", Self.object([("cidr", Node(.string(text)))]))])
          return Peer(text: text, node: block)
        case .workload(let name):
          guard let selector = selectors[name] else { return nil }
          let namespace = String(name.prefix { $0 != "/" })
          var fields: [(String, Node)] = []
          if namespace != workload.prefix(while: { $0 != "/" }) {
            fields.append(("namespaceSelector", Self.matchLabels(["kubernetes.io/metadata.name": namespace])))
          }
          fields.append(("podSelector", selector))
          return Peer(text: name, node: Self.object(fields))
        }
      }
      let port = Port(transport: connection.transport.rawValue, port: connection.port)
      if case .workload(let name) = from, let peer = peer(to, seenFrom: name) {
        rules[name, default: [:]][1, default: [:]][peer, default: []].insert(port)
      }
      if case .workload(let name) = to, let peer = peer(from, seenFrom: name) {
        rules[name, default: [:]][0, default: [:]][peer, default: []].insert(port)
      }
    }
    var policies: [(String, Node)] = []
    func add(_ namespace: String, _ name: String, _ spec: [(String, Node)]) {
      let metadata = Self.object([("name", Node(.string(name))), ("namespace", Node(.string(namespace)))])
      policies.append(
        (
          "\(namespace)/\(name)",
          Self.object([
            ("apiVersion", Node(.string("networking.k8s.io/v1"))), ("kind", Node(.string("NetworkPolicy"))),
            ("metadata", metadata), ("spec", Self.object(spec)),
          ])
        ))
    }
    let both = Node(.array([Node(.string("Ingress")), Node(.string("Egress"))]))
    for namespace in Set(cluster.endpoints.map(\.namespace)).sorted() {
      add(namespace, "default-deny", [("podSelector", Self.object([])), ("policyTypes", both)])
      if options.allowsDNS {
        let dns = Self.object([
          ("namespaceSelector", Self.matchLabels(["kubernetes.io/metadata.name": "kube-system"])),
          ("podSelector", Self.matchLabels(["k8s-app": "kube-dns"])),
        ])
        let ports = [PortSet.TransportProtocol.udp, .tcp].map { Self.port(Port(transport: $0.rawValue, port: 53)) }
        let rule = Self.object([("to", Node(.array([dns]))), ("ports", Node(.array(ports)))])
        add(
          namespace, "allow-dns",
          [
            ("podSelector", Self.object([])), ("policyTypes", Node(.array([Node(.string("Egress"))]))),
            ("egress", Node(.array([rule]))),
          ])
      }
    }
    for (name, directions) in rules {
      guard let selector = selectors[name] else { continue }
      let parts = name.split(separator: "/", maxSplits: 1)
      let plain = String(parts.last?.prefix { $0 != "[" } ?? "")
      var types: [Node] = []
      var spec: [(String, Node)] = [("podSelector", selector)]
      for (direction, key, peerKey, word) in [(0, "ingress", "from", "Ingress"), (1, "egress", "to", "Egress")] {
        guard let peers = directions[direction] else { continue }
        types.append(Node(.string(word)))
        // Peers with the same ports share a rule.
        let groups = Dictionary(grouping: peers.keys) { peers[$0]?.sorted() ?? [] }
        let list = groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ports, peers in
          Self.object([
            (peerKey, Node(.array(peers.sorted().map(\.node)))), ("ports", Node(.array(ports.map(Self.port)))),
          ])
        }
        spec.append((key, Node(.array(list))))
      }
      spec.insert(("policyTypes", Node(.array(types))), at: 1)
      // Workloads of different kinds may share a name; their policies may not.
      let isShared = rules.keys.contains { $0 != name && $0.prefix { $0 != "[" } == name.prefix { $0 != "[" } }
      let kind = isShared ? "-" + name.drop { $0 != "[" }.dropFirst().dropLast() : ""
      add(String(parts.first ?? ""), "allow-" + (plain + kind).lowercased(), spec)
    }
    self.policies = policies.sorted { $0.0 < $1.0 }.map(\.1)
    self.troubles = troubles
  }

  private static func object(_ fields: [(String, Node)]) -> Node {
    Node(.object(Mapping(fields.map { .init(key: $0.0, value: $0.1) })))
  }

  private static func matchLabels(_ labels: [String: String]) -> Node {
    object([("matchLabels", object(labels.sorted { $0.key < $1.key }.map { ($0.key, Node(.string($0.value))) }))])
  }

  private static func port(_ port: Port) -> Node {
    let name = PortSet.TransportProtocol(rawValue: port.transport)?.name ?? "TCP"
    return object([("protocol", Node(.string(name))), ("port", Node(.int(Int64(port.port))))])
  }

  /// Keys that people choose labels for, the most telling first.
  private static let preferred = [
    "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component", "app", "k8s-app", "name",
    "component",
  ]
  /// Keys that change with every rollout.
  private static let volatile: Set<String> = [
    "pod-template-hash", "controller-revision-hash", "pod-template-generation", "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index", "job-name", "controller-uid", "batch.kubernetes.io/job-name",
    "batch.kubernetes.io/controller-uid",
  ]

  /// The fewest labels that select a workload's pods and no others of the namespace.
  private static func selector(_ endpoint: ReachCluster.Endpoint, _ cluster: ReachCluster) -> (Node, Bool) {
    let others = cluster.endpoints.filter {
      $0.namespace == endpoint.namespace && $0.workloadText != endpoint.workloadText
    }
    func isUnique(_ keys: [String]) -> Bool {
      !others.contains { other in keys.allSatisfy { other.labels[$0] == endpoint.labels[$0] } }
    }
    let keys = endpoint.labels.keys.filter { !volatile.contains($0) }.sorted {
      (preferred.firstIndex(of: $0) ?? preferred.count, $0) < (preferred.firstIndex(of: $1) ?? preferred.count, $1)
    }
    func labels(_ keys: [String]) -> Node {
      matchLabels(Dictionary(uniqueKeysWithValues: keys.map { ($0, endpoint.labels[$0] ?? "") }))
    }
    for key in keys where isUnique([key]) { return (labels([key]), true) }
    for (index, key) in keys.enumerated() {
      for other in keys[(index + 1)...] where isUnique([key, other]) { return (labels([key, other]), true) }
    }
    return (labels(keys), isUnique(keys) && !keys.isEmpty)
  }
}

/// Finds what flow logs and people call a workload.
struct EndpointNames {
  enum End {
    case workload(String)
    case block(IPRange, String)
    case unknown
  }

  let workloads: [String: [ReachCluster.Endpoint]]
  private let exact: [String: String]
  private let byNamespace: [String: [(name: String, workload: String)]]
  private let addresses: [IPAddress: String]

  init(_ cluster: ReachCluster) {
    workloads = Dictionary(grouping: cluster.endpoints, by: \.workloadText)
    var exact: [String: String] = [:]
    var byNamespace: [String: [(name: String, workload: String)]] = [:]
    var addresses: [IPAddress: String] = [:]
    for endpoint in cluster.endpoints {
      for name in [endpoint.name, endpoint.ownerName] { exact["\(endpoint.namespace)/\(name)"] = endpoint.workloadText }
      exact[endpoint.workloadText] = endpoint.workloadText
      byNamespace[endpoint.namespace, default: []].append((endpoint.ownerName, endpoint.workloadText))
      for address in endpoint.addresses { addresses[address] = endpoint.workloadText }
    }
    self.exact = exact
    self.byNamespace = byNamespace
    self.addresses = addresses
  }

  func resolve(_ text: String) -> End {
    if let name = exact[text] { return .workload(name) }
    if let range = IPRange(cidr: text) {
      if let address = IPAddress(text), let name = addresses[address] { return .workload(name) }
      return .block(range, text.contains("/") ? text : text + (range.isV6 ? "/128" : "/32"))
    }
    // `web-7d9f8c-x2x4` and `web-7d9f8c-*` are pods of the longest workload name that they begin with.
    let parts = text.split(separator: "/", maxSplits: 1)
    guard parts.count == 2 else { return .unknown }
    let best = (byNamespace[String(parts[0])] ?? []).filter { parts[1].hasPrefix($0.name + "-") }
      .max { $0.name.count < $1.name.count }
    return best.map { .workload($0.workload) } ?? .unknown
  }
}
