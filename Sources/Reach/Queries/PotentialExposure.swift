import Bytes
package import Findings
package import Kube

/// What is open to workloads that do not exist yet: to any pod of the cluster, and to any that a selector of a policy's
/// peers would select.
///
/// A selector is looked at through a few pods that it selects and that differ in what it leaves open: what all of them may
/// do counts. Selectors of Kubernetes, admin and Cilium policies are looked at; expressions of Calico stand for nothing new.
package struct PotentialExposure: Sendable {
  /// Whom something is open to.
  package enum Peer: Sendable, Hashable {
    case entireCluster
    /// Pods by labels, in one namespace or in those that a selector matches.
    case pods(namespace: Namespace, selector: LabelSelector)

    package var text: String {
      switch self {
      case .entireCluster: return "entire cluster"
      case .pods(let namespace, let selector):
        let pods = selector.requirements.isEmpty ? "any pod" : "pods with \(selector.text)"
        switch namespace {
        case .named(let name): return "\(pods) in \(name)"
        case .matching(let selector):
          return selector.requirements.isEmpty
            ? "\(pods) in any namespace" : "\(pods) in namespaces with \(selector.text)"
        }
      }
    }
  }

  /// The namespaces that pods to come may be in.
  package enum Namespace: Sendable, Hashable {
    case named(String)
    case matching(LabelSelector)
  }

  /// What a workload is open to, in one direction.
  package struct Row: Sendable {
    package let workload: Subject
    package let direction: TrafficDirection
    package let peer: Peer
    package let ports: ConnectionSet
  }

  package let rows: [Row]
  /// Workloads that no policy governs, by direction.
  package let unprotected: [(workload: Subject, direction: TrafficDirection)]

  package init(_ snapshot: ClusterSnapshot, profile: ReachProfile) {
    let plain = ReachModel(snapshot, profile: profile)
    let dialects = plain.dialects
    let peers = [Peer.entireCluster] + Self.peers(snapshot, dialects).filter { !Self.isCovered($0, plain.cluster) }
    var relevance = Relevance()
    for dialect in dialects {
      for object in dialect.kinds.flatMap(snapshot.objects) {
        relevance.gather(object.root, by: dialect.vocabulary)
      }
    }
    var samples = Samples(
      keys: relevance.labelKeys.sorted(),
      exceptions: Self.exceptions(dialects.flatMap { $0.kinds.flatMap(snapshot.objects) }), snapshot)
    for (index, peer) in peers.enumerated() { samples.add(peer, index) }
    let model = ReachModel(
      snapshot, profile: profile, extra: samples.endpoints, namespaceLabels: samples.namespaceLabels)
    let cluster = model.cluster
    let matrix = ReachRows(model)
    // The first extra is the ingress controller.
    let sampleClasses = cluster.extras.dropFirst().map(\.podClass)
    var workloads: [Subject: Set<PodClassID>] = [:]
    for endpoint in cluster.endpoints where !endpoint.isHost {
      workloads[endpoint.workload, default: []].insert(endpoint.podClass)
    }
    var rows: [Row] = []
    var unprotected: [(workload: Subject, direction: TrafficDirection)] = []
    let sorted = workloads.map { (text: $0.key.workloadText, workload: $0.key, mine: $0.value) }
      .sorted { $0.text < $1.text }
    for (_, workload, mine) in sorted {
      for direction in [TrafficDirection.egress, .ingress] {
        func open(to peer: PodClassID) -> ConnectionSetTable.ID {
          var known = ConnectionSetTable.none
          for podClass in mine {
            let here = matrix.side(podClass, direction, PeerID(peer))
            if here == ConnectionSetTable.none { continue }
            let there = matrix.side(peer, direction.opposite, PeerID(podClass))
            known = matrix.union(known, matrix.intersection(here, there))
          }
          return known
        }
        if !mine.contains(where: { model.isGoverned($0, direction) }) { unprotected.append((workload, direction)) }
        var everyone = ConnectionSetTable.none
        for (index, peer) in peers.enumerated() {
          var ports = ConnectionSetTable.all
          for sample in samples.ranges[index] where ports != ConnectionSetTable.none {
            ports = matrix.intersection(ports, open(to: sampleClasses[sample]))
          }
          if index == 0 { everyone = ports }
          // What the whole cluster may do needs no second line.
          if matrix.hasPorts(ports), index == 0 || ports != everyone {
            rows.append(Row(workload: workload, direction: direction, peer: peer, ports: matrix.set(ports)))
          }
          // Nobody may do more than everything.
          if index == 0, everyone == ConnectionSetTable.all { break }
        }
      }
    }
    self.rows = rows
    self.unprotected = unprotected
  }

  /// Whether labels that a peer asks for by value are those of a pod that exists: connections tell of it then.
  private static func isCovered(_ peer: Peer, _ cluster: ReachCluster) -> Bool {
    guard case .pods(let namespace, let selector) = peer, !selector.requirements.isEmpty,
      selector.requirements.allSatisfy({ $0.comparison == .isIn && $0.values.count == 1 })
    else { return false }
    return cluster.endpoints.contains { endpoint in
      let isThere =
        switch namespace {
        case .named(let name): endpoint.namespace == name
        case .matching(let labels): labels.matches(cluster.namespaces[endpoint.namespace] ?? [:])
        }
      return isThere && selector.matches(endpoint.labels)
    }
  }

  /// Values that some selector leaves out, by key: a pod may have one of them.
  private static func exceptions(_ objects: [KubeObject]) -> [String: Set<String>] {
    var found: [String: Set<String>] = [:]
    func walk(_ node: DocumentNode, _ depth: Int) {
      guard depth < Relevance.deepest else { return }
      if node["operator"]?.string == "NotIn", let key = node["key"]?.string {
        found[key, default: []].formUnion(node["values"]?.strings ?? [])
      }
      for item in node.elements { walk(item, depth + 1) }
      for entry in node.entries { walk(entry.value, depth + 1) }
    }
    for object in objects { walk(object.root, 0) }
    return found
  }

  /// Selectors of peers, each once.
  private static func peers(_ snapshot: ClusterSnapshot, _ dialects: [any PolicyDialect.Type]) -> [Peer] {
    var found: [Peer] = []
    var seen = Set<Peer>()
    for peer in dialects.flatMap({ $0.peerSelectors(snapshot) }) {
      guard case .pods(var namespace, let selector) = peer else { continue }
      if case .matching(let labels) = namespace {
        if labels.requirements.isEmpty, selector.requirements.isEmpty { continue }
        if labels.requirements.count == 1, let only = labels.requirements.first,
          only.key == "kubernetes.io/metadata.name", only.comparison == .isIn, only.values.count == 1,
          let name = only.values.first
        {
          namespace = .named(name)
        }
      }
      let peer = Peer.pods(namespace: namespace, selector: selector)
      if seen.insert(peer).inserted { found.append(peer) }
    }
    return found
  }

  /// Pods that stand for peers.
  private struct Samples {
    /// Label keys that any policy looks at.
    let keys: [String]
    /// Values that selectors leave out.
    let exceptions: [String: Set<String>]
    private let known: [String: [String: String]]
    private(set) var endpoints: [Endpoint] = []
    private(set) var namespaceLabels: [String: [String: String]] = [:]
    /// Indexes of the endpoints that stand for each peer.
    private(set) var ranges: [Range<Int>] = []

    init(keys: [String], exceptions: [String: Set<String>], _ snapshot: ClusterSnapshot) {
      self.keys = keys
      self.exceptions = exceptions
      known = Dictionary(
        snapshot.objects(.namespace).map { ($0.name, $0.labels) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func add(_ peer: Peer, _ index: Int) {
      let start = endpoints.count
      let places: [[String: String]]
      let pods: [[String: String]]
      var name: String?
      switch peer {
      case .entireCluster:
        places = variants(.everything, index)
        pods = variants(.everything, index)
      case .pods(let namespace, let selector):
        pods = variants(selector, index)
        switch namespace {
        case .named(let text):
          name = text
          places = [known[text] ?? [:]]
        case .matching(let labels): places = variants(labels, index)
        }
      }
      for (number, place) in places.enumerated() {
        let namespace = name ?? "namespace-to-come-\(index)-\(number)"
        var labels = place
        if labels["kubernetes.io/metadata.name"] == nil { labels["kubernetes.io/metadata.name"] = namespace }
        namespaceLabels[namespace] = labels
        for (other, pod) in pods.enumerated() {
          endpoints.append(
            Endpoint(
              namespace: namespace, name: "pod-to-come-\(index)-\(number)-\(other)",
              workload: Subject(kind: "Pod", namespace: namespace, name: "pod-to-come"), isPod: true, labels: pod,
              serviceAccount: "default", hostNetwork: false,
              addresses: [], namedPorts: [], location: Location(file: "")))
        }
      }
      ranges.append(start..<endpoints.count)
    }

    /// Label sets that a selector matches: one with as few labels as it lets, one with every key set to what nobody
    /// asks for, one for each value that it offers, and one for each that another selector leaves out.
    private func variants(_ selector: LabelSelector, _ index: Int) -> [[String: String]] {
      var fewest: [String: String] = [:]
      var all: [String: String] = [:]
      for key in keys where key != "kubernetes.io/metadata.name" { all[key] = "any-\(index)" }
      for requirement in selector.requirements {
        switch requirement.comparison {
        case .isIn:
          fewest[requirement.key] = requirement.values.first
          all[requirement.key] = requirement.values.last
        case .exists:
          fewest[requirement.key] = "any-\(index)"
          all[requirement.key] = "any-\(index)"
        case .notIn: break
        case .doesNotExist: all[requirement.key] = nil
        }
      }
      var result = [fewest]
      if all != fewest { result.append(all) }
      for requirement in selector.requirements where requirement.comparison == .isIn && requirement.values.count > 2 {
        for value in requirement.values.dropFirst().dropLast().prefix(8) {
          var one = fewest
          one[requirement.key] = value
          result.append(one)
        }
      }
      for key in exceptions.keys.sorted() where key != "kubernetes.io/metadata.name" {
        for value in (exceptions[key] ?? []).sorted().prefix(8) {
          var one = all
          one[key] = value
          if selector.matches(one) { result.append(one) }
        }
      }
      return result
    }
  }
}

extension LabelSelector {
  /// As a peer of a policy has it: absent or null for everything.
  ///
  /// - Returns: nil for one that the API server would refuse.
  init?(ofPeer node: DocumentNode?) {
    guard let node, !node.isNull else {
      self = .everything
      return
    }
    guard let selector = try? LabelSelector(node) else { return nil }
    self = selector
  }
}
