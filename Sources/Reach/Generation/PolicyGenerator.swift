package import Bytes
import Findings
package import Kube

/// Policies that allow the wanted connections and no others: by label, with everything else denied.
package struct PolicyGenerator: Sendable {
  /// What to write, beside what is wanted.
  package struct Options: Sendable {
    /// Allow the pods of kube-system labelled `k8s-app: kube-dns` to be asked, from every namespace that is closed.
    package var allowsDNS = true
    package var dialect: any PolicyWriter.Type = KubernetesPolicyWriter.self

    package init() {}
  }

  /// Manifests, by namespace and name.
  package let policies: [DocumentNode]
  /// What they do otherwise than asked, each once.
  package let troubles: [GenerationTrouble]

  package init(_ wanted: [WantedConnection], _ snapshot: ClusterSnapshot, options: Options = Options()) {
    let cluster = ReachModel(snapshot).cluster
    var troubles: [GenerationTrouble] = []
    var seenTroubles = Set<GenerationTrouble>()
    func add(_ trouble: GenerationTrouble) { if seenTroubles.insert(trouble).inserted { troubles.append(trouble) } }
    let names = EndpointNames(cluster)
    let mentioned = Set(wanted.flatMap { [$0.source, $0.destination] }.map { names.resolve($0) })
    var selectors: [Subject: [String: String]] = [:]
    for (workload, endpoints) in names.workloads {
      guard let first = endpoints.first, mentioned.contains(.workload(workload)) else { continue }
      let (labels, unique) = Self.selector(first, cluster)
      guard !labels.isEmpty else {
        add(.unlabelled(workload))
        continue
      }
      selectors[workload] = labels
      if !unique { add(.sharedLabels(workload)) }
    }
    let closed = Set(cluster.endpoints.filter { !$0.isHost }.map(\.namespace))
    for case .made(let object, let labels) in wanted.flatMap({ [$0.source, $0.destination] }) {
      selectors[object] = labels
    }
    let meshes = MeshNeeds(cluster)
    let apiServer = APIServer(snapshot)
    let watchesNames =
      options.dialect.namesHosts && wanted.contains { if case .external = $0.destination { true } else { false } }
    var rules: [Subject: PerDirection<[PolicyPeer: Set<PolicyPort>]>] = [:]
    for connection in wanted {
      let from = names.resolve(connection.source)
      let to = names.resolve(connection.destination)
      for (wanted, found) in [(connection.source, from), (connection.destination, to)] where found == .unknown {
        add(
          wanted == .scraper
            ? .unseenScraper(connection.destination.text, port: connection.port) : .unknownEnd(wanted.text))
      }
      func peer(_ end: EndpointNames.End) -> PolicyPeer? {
        switch end {
        case .unknown: nil
        case .block(let text): .block(text)
        case .anyone: .anyone
        case .cluster: .cluster
        case .namespace(let name): .namespace(name)
        case .workload(let workload):
          selectors[workload].map { .pods(namespace: workload.namespace ?? "", labels: $0) }
        case .external(let name): options.dialect.namesHosts ? .name(name) : .block("0.0.0.0/0")
        case .apiServer: options.dialect.namesAPIServer ? .apiServer : nil
        case .ownNode: options.dialect.namesNodes ? .nodes : .block("0.0.0.0/0")
        }
      }
      let port = PolicyPort(transport: connection.transport, port: connection.port)
      if case .external(let name) = to, !options.dialect.namesHosts {
        add(.unnamedHost(source: connection.source.text, host: name, port: connection.port))
      }
      if to == .ownNode, !options.dialect.namesNodes {
        add(.unnamedNode(source: connection.source.text, port: connection.port))
      }
      if case .workload(let workload) = from, to == .apiServer, !options.dialect.namesAPIServer {
        for (peer, port) in apiServer.blocks {
          rules[workload, default: .init(both: [:])].egress[peer, default: []].insert(port)
        }
        if !apiServer.isKnown { add(.unknownAPIServer(workload)) }
      }
      if case .workload(let workload) = from, let peer = peer(to) {
        rules[workload, default: .init(both: [:])].egress[peer, default: []].insert(port)
      }
      if case .workload(let workload) = to, let peer = peer(from) {
        rules[workload, default: .init(both: [:])].ingress[peer, default: []].insert(port)
      }
    }
    var policies: [(String, DocumentNode)] = []
    func add(_ policy: GeneratedPolicy) {
      policies.append(("\(policy.namespace)/\(policy.name)", options.dialect.write(policy)))
    }
    for namespace in closed.sorted() {
      for policy in meshes.policies(namespace) { add(policy) }
      add(GeneratedPolicy(namespace: namespace, name: "default-deny", labels: [:], ingress: [], egress: []))
      if options.allowsDNS {
        let dns = PolicyPeer.pods(namespace: "kube-system", labels: ["k8s-app": "kube-dns"])
        let ports = [ConnectionSet.TransportProtocol.udp, .tcp].map { PolicyPort(transport: $0, port: 53) }
        add(
          GeneratedPolicy(
            namespace: namespace, name: "allow-dns", labels: [:], ingress: nil,
            egress: [.init(peers: [dns], ports: ports, watchesNames: watchesNames)]))
      }
    }
    for (workload, directions) in rules {
      // Where nothing else is closed, a policy would close what an operator makes.
      guard let labels = selectors[workload], closed.contains(workload.namespace ?? "") else { continue }
      // Peers with the same ports share a rule.
      func list(_ peers: [PolicyPeer: Set<PolicyPort>]) -> [GeneratedPolicy.Rule]? {
        guard !peers.isEmpty else { return nil }
        let groups = Dictionary(grouping: peers.keys) { peers[$0]?.sorted() ?? [] }
        return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ports, peers in
          .init(peers: peers.contains(.anyone) ? [] : peers.sorted(), ports: ports)
        }
      }
      // Workloads of different kinds may share a name; their policies may not.
      let isShared = rules.keys.contains {
        $0 != workload && $0.namespace == workload.namespace && $0.name == workload.name
      }
      let name = isShared ? "\(workload.name)-\(workload.kind)" : workload.name
      add(
        GeneratedPolicy(
          namespace: workload.namespace ?? "", name: "allow-" + name.lowercased(), labels: labels,
          ingress: list(meshes.adding(to: directions.ingress, .ingress, of: workload)),
          egress: list(meshes.adding(to: directions.egress, .egress, of: workload))))
    }
    let silent = names.workloads.filter { workload, endpoints in
      rules[workload] == nil && !mentioned.contains(.workload(workload)) && endpoints.contains { !$0.hostNetwork }
    }.map(\.key).sorted { $0.workloadText < $1.workloadText }
    if !silent.isEmpty { add(.silent(silent)) }
    if !cluster.isWhole {
      let unseen = cluster.services.all.filter {
        $0.hasSelector && $0.endpoints.isEmpty && closed.contains($0.namespace)
      }.map(\.subject)
      if !unseen.isEmpty { add(.unseenBackends(unseen.sorted { $0.workloadText < $1.workloadText })) }
    }
    self.policies = policies.sorted { $0.0 < $1.0 }.map(\.1)
    self.troubles = troubles
  }

  /// Where the API server listens, as a NetworkPolicy would have to say it.
  private struct APIServer {
    let isKnown: Bool
    let blocks: [(peer: PolicyPeer, port: PolicyPort)]

    init(_ snapshot: ClusterSnapshot) {
      let known = ServiceIndex.backends(of: "kubernetes", in: "default", snapshot).flatMap { backend in
        backend.ports.compactMap { port -> (peer: PolicyPeer, port: PolicyPort)? in
          guard let number = port["port"]?.int.flatMap({ UInt16(exactly: $0) }), number > 0 else { return nil }
          let block = backend.address.text + (backend.address.isV6 ? "/128" : "/32")
          return (.block(block), PolicyPort(transport: .tcp, port: number))
        }
      }
      isKnown = !known.isEmpty
      let anywhere: [(peer: PolicyPeer, port: PolicyPort)] = [443, 6443].map {
        (.block("0.0.0.0/0"), PolicyPort(transport: .tcp, port: $0))
      }
      blocks = known.isEmpty ? anywhere : known
    }
  }

  /// Keys that people choose labels for, the most telling first.
  private static let preferred = [
    "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component", "app", "k8s-app", "name",
    "component",
  ]
  /// The fewest labels that select a workload's pods and no others of the namespace.
  private static func selector(_ endpoint: Endpoint, _ cluster: ReachCluster) -> ([String: String], Bool) {
    let others = cluster.endpoints.filter {
      $0.namespace == endpoint.namespace && $0.workload != endpoint.workload
    }
    func isUnique(_ keys: [String]) -> Bool {
      !others.contains { other in keys.allSatisfy { other.labels[$0] == endpoint.labels[$0] } }
    }
    let keys = endpoint.labels.keys.filter { !ControllerLabels.volatile.contains($0) }.sorted {
      (preferred.firstIndex(of: $0) ?? preferred.count, $0) < (preferred.firstIndex(of: $1) ?? preferred.count, $1)
    }
    func labels(_ keys: [String]) -> [String: String] {
      Dictionary(uniqueKeysWithValues: keys.map { ($0, endpoint.labels[$0] ?? "") })
    }
    if keys.isEmpty, let lasting = ControllerLabels.lasting(endpoint.labels) { return (lasting, true) }
    for key in keys where isUnique([key]) { return (labels([key]), true) }
    for (index, key) in keys.enumerated() {
      for other in keys[(index + 1)...] where isUnique([key, other]) { return (labels([key, other]), true) }
    }
    return (labels(keys), isUnique(keys) && !keys.isEmpty)
  }
}
