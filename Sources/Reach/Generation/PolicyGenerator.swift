package import Bytes
package import Kube

/// Policies that allow the wanted connections and no others: by label, with everything else denied.
package struct PolicyGenerator: Sendable {
  package struct Options: Sendable {
    /// Allow the pods of kube-system labelled `k8s-app: kube-dns` to be asked, from every namespace that is closed.
    package var allowsDNS = true
    package var dialect: any PolicyWriter.Type = KubernetesPolicyWriter.self

    package init() {}
  }

  /// Manifests, by namespace and name.
  package let policies: [DocumentNode]
  /// Ends of wanted connections that are nothing in the snapshot, and workloads that labels cannot tell apart.
  package let troubles: [String]

  package init(_ wanted: [WantedConnection], _ snapshot: ClusterSnapshot, options: Options = Options()) {
    let cluster = ReachModel(snapshot).cluster
    var troubles: [String] = []
    var seenTroubles = Set<String>()
    func trouble(_ text: String) { if seenTroubles.insert(text).inserted { troubles.append(text) } }
    let names = EndpointNames(cluster)
    let mentioned = Set(wanted.flatMap { [$0.source, $0.destination] }.map { names.resolve($0) })
    var selectors: [String: [String: String]] = [:]
    for (name, endpoints) in names.workloads {
      guard let first = endpoints.first, mentioned.contains(.workload(name)) else { continue }
      let (labels, unique) = Self.selector(first, cluster)
      guard !first.labels.isEmpty else {
        trouble("\(name): its pods have no labels, so no policy can mean them; label them, then generate again")
        continue
      }
      selectors[name] = labels
      if !unique { trouble("\(name): no labels of its own; its policies hold for the pods that share them, too") }
    }
    var rules: [String: [[PolicyPeer: Set<PolicyPort>]]] = [:]
    for connection in wanted {
      let from = names.resolve(connection.source)
      let to = names.resolve(connection.destination)
      if case .unknown = from { trouble("\"\(connection.source)\" is no pod, workload or address of the input") }
      if case .unknown = to { trouble("\"\(connection.destination)\" is no pod, workload or address of the input") }
      func peer(_ end: EndpointNames.End) -> PolicyPeer? {
        switch end {
        case .unknown: nil
        case .block(let text): .block(text)
        case .anyone: .anyone
        case .cluster: .cluster
        case .namespace(let name): .namespace(name)
        case .workload(let name):
          selectors[name].map { .pods(namespace: String(name.prefix { $0 != "/" }), labels: $0) }
        }
      }
      let port = PolicyPort(transport: connection.transport, port: connection.port)
      let none: [[PolicyPeer: Set<PolicyPort>]] = [[:], [:]]
      if case .workload(let name) = from, let peer = peer(to) {
        rules[name, default: none][1][peer, default: []].insert(port)
      }
      if case .workload(let name) = to, let peer = peer(from) {
        rules[name, default: none][0][peer, default: []].insert(port)
      }
    }
    var policies: [(String, DocumentNode)] = []
    func add(_ policy: GeneratedPolicy) {
      policies.append(("\(policy.namespace)/\(policy.name)", options.dialect.write(policy)))
    }
    for namespace in Set(cluster.endpoints.filter { !$0.isHost }.map(\.namespace)).sorted() {
      add(GeneratedPolicy(namespace: namespace, name: "default-deny", labels: [:], ingress: [], egress: []))
      if options.allowsDNS {
        let dns = PolicyPeer.pods(namespace: "kube-system", labels: ["k8s-app": "kube-dns"])
        let ports = [ConnectionSet.TransportProtocol.udp, .tcp].map { PolicyPort(transport: $0, port: 53) }
        add(
          GeneratedPolicy(
            namespace: namespace, name: "allow-dns", labels: [:], ingress: nil,
            egress: [.init(peers: [dns], ports: ports)]))
      }
    }
    for (name, directions) in rules {
      guard let labels = selectors[name] else { continue }
      let parts = name.split(separator: "/", maxSplits: 1)
      let plain = String(parts.last?.prefix { $0 != "[" } ?? "")
      // Peers with the same ports share a rule.
      func list(_ peers: [PolicyPeer: Set<PolicyPort>]) -> [GeneratedPolicy.Rule]? {
        guard !peers.isEmpty else { return nil }
        let groups = Dictionary(grouping: peers.keys) { peers[$0]?.sorted() ?? [] }
        return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ports, peers in
          .init(peers: peers.contains(.anyone) ? [] : peers.sorted(), ports: ports)
        }
      }
      // Workloads of different kinds may share a name; their policies may not.
      let isShared = rules.keys.contains { $0 != name && $0.prefix { $0 != "[" } == name.prefix { $0 != "[" } }
      let kind = isShared ? "-" + name.drop { $0 != "[" }.dropFirst().dropLast() : ""
      add(
        GeneratedPolicy(
          namespace: String(parts.first ?? ""), name: "allow-" + (plain + kind).lowercased(), labels: labels,
          ingress: list(directions[0]), egress: list(directions[1])))
    }
    self.policies = policies.sorted { $0.0 < $1.0 }.map(\.1)
    self.troubles = troubles
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
  private static func selector(_ endpoint: ReachCluster.Endpoint, _ cluster: ReachCluster) -> ([String: String], Bool) {
    let others = cluster.endpoints.filter {
      $0.namespace == endpoint.namespace && $0.workloadText != endpoint.workloadText
    }
    func isUnique(_ keys: [String]) -> Bool {
      !others.contains { other in keys.allSatisfy { other.labels[$0] == endpoint.labels[$0] } }
    }
    let keys = endpoint.labels.keys.filter { !volatile.contains($0) }.sorted {
      (preferred.firstIndex(of: $0) ?? preferred.count, $0) < (preferred.firstIndex(of: $1) ?? preferred.count, $1)
    }
    func labels(_ keys: [String]) -> [String: String] {
      Dictionary(uniqueKeysWithValues: keys.map { ($0, endpoint.labels[$0] ?? "") })
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
  enum End: Hashable {
    /// `ns/name[Kind]`.
    case workload(String)
    /// A CIDR block.
    case block(String)
    /// `*`: whatever there is.
    case anyone
    /// `*/*`: any pod.
    case cluster
    /// `ns/*`: any pod of a namespace.
    case namespace(String)
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
    if text == "*" { return .anyone }
    if text == "*/*" { return .cluster }
    if text.hasSuffix("/*"), !text.dropLast(2).contains("/"), !text.dropLast(2).contains("*") {
      return .namespace(String(text.dropLast(2)))
    }
    if let range = IPRange(cidr: text) {
      if let address = IPAddress(text), let name = addresses[address] { return .workload(name) }
      return .block(text.contains("/") ? text : text + (range.isV6 ? "/128" : "/32"))
    }
    // `web-7d9f8c-x2x4` and `web-7d9f8c-*` are pods of the longest workload name that they begin with.
    let parts = text.split(separator: "/", maxSplits: 1)
    guard parts.count == 2 else { return .unknown }
    let best = (byNamespace[String(parts[0])] ?? []).filter { parts[1].hasPrefix($0.name + "-") }
      .max { $0.name.count < $1.name.count }
    return best.map { .workload($0.workload) } ?? .unknown
  }
}
