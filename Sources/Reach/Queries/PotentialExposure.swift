import Bytes
import Findings
package import Kube

/// What is open to workloads that do not exist yet: to any pod of the cluster, and to any that a selector of a policy's
/// peers would select.
///
/// A selector is looked at through a few pods that it selects and that differ in what it leaves open: what all of them may
/// do counts. Selectors of Kubernetes, admin and Cilium policies are looked at; expressions of Calico stand for nothing new.
package struct PotentialExposure: Sendable {
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

  package enum Namespace: Sendable, Hashable {
    case named(String)
    case matching(LabelSelector)
  }

  package enum Direction: String, Sendable {
    case ingress
    case egress
  }

  package struct Row: Sendable {
    package let workload: String
    package let direction: Direction
    package let peer: Peer
    package let ports: ConnectionSet
  }

  package let rows: [Row]
  /// Workloads that no policy governs, by direction.
  package let unprotected: [(workload: String, direction: Direction)]

  package init(_ snapshot: ClusterSnapshot, profile: ReachProfile) {
    let plain = ReachModel(snapshot, profile: profile)
    let peers = [Peer.entireCluster] + Self.peers(snapshot).filter { !Self.isCovered($0, plain.cluster) }
    var relevance = ReachCluster.Relevance()
    for object in PolicyDialects.kinds.flatMap(snapshot.objects) { relevance.gather(object.root) }
    var samples = Samples(
      keys: relevance.keys.sorted(), exceptions: Self.exceptions(PolicyDialects.kinds.flatMap(snapshot.objects)),
      snapshot)
    for (index, peer) in peers.enumerated() { samples.add(peer, index) }
    let model = ReachModel(
      snapshot, profile: profile, extra: samples.endpoints, namespaceLabels: samples.namespaceLabels)
    let cluster = model.cluster
    let matrix = ReachRows(model)
    // The first extra is the ingress controller.
    let units = cluster.extras.dropFirst().map(\.unit)
    var workloads: [String: Set<Int>] = [:]
    for endpoint in cluster.endpoints where !endpoint.isHost {
      workloads[endpoint.workloadText, default: []].insert(endpoint.unit)
    }
    var rows: [Row] = []
    var unprotected: [(workload: String, direction: Direction)] = []
    for (name, mine) in workloads.sorted(by: { $0.key < $1.key }) {
      for direction in [Direction.egress, .ingress] {
        let side = direction == .egress ? PolicyProgram.Direction.egress : .ingress
        let other = direction == .egress ? PolicyProgram.Direction.ingress : .egress
        func open(to peer: Int) -> ConnectionSetTable.ID {
          var known = ConnectionSetTable.none
          for unit in mine {
            let here = matrix.side(unit, side, peer)
            if here == ConnectionSetTable.none { continue }
            known = matrix.union(known, matrix.intersection(here, matrix.side(peer, other, unit)))
          }
          return known
        }
        if !mine.contains(where: { model.isGoverned($0, side) }) { unprotected.append((name, direction)) }
        var everyone = ConnectionSetTable.none
        for (index, peer) in peers.enumerated() {
          var ports = ConnectionSetTable.all
          for sample in samples.ranges[index] where ports != ConnectionSetTable.none {
            ports = matrix.intersection(ports, open(to: units[sample]))
          }
          if index == 0 { everyone = ports }
          // What the whole cluster may do needs no second line.
          if matrix.hasPorts(ports), index == 0 || ports != everyone {
            rows.append(Row(workload: name, direction: direction, peer: peer, ports: matrix.set(ports)))
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
      guard depth < 24 else { return }
      if node["operator"]?.string == "NotIn", let key = node["key"]?.string {
        found[key, default: []].formUnion(node["values"]?.strings ?? [])
      }
      for item in node.elements { walk(item, depth + 1) }
      for entry in node.entries { walk(entry.value, depth + 1) }
    }
    for object in objects { walk(object.root, 0) }
    return found
  }

  /// Selectors of peers.
  private static func peers(_ snapshot: ClusterSnapshot) -> [Peer] {
    var found: [Peer] = []
    var seen = Set<Peer>()
    func add(_ namespace: Namespace, _ selector: LabelSelector) {
      var namespace = namespace
      if case .matching(let labels) = namespace {
        if labels.requirements.isEmpty, selector.requirements.isEmpty { return }
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
    func parse(_ node: DocumentNode?) -> LabelSelector? {
      guard let node, !node.isNull else { return .everything }
      return try? LabelSelector(node)
    }
    for kind in KubernetesNetworkPolicy.kinds {
      for object in snapshot.objects(kind) {
        for (rules, key) in [("ingress", "from"), ("egress", "to")] {
          for peer in (object.spec?[rules]?.elements ?? []).flatMap({ $0[key]?.elements ?? [] })
          where peer["ipBlock"] == nil {
            guard let pods = parse(peer.mapping?["podSelector"]) else { continue }
            if let namespaces = peer.mapping?["namespaceSelector"] {
              if let selector = parse(namespaces) { add(.matching(selector), pods) }
            } else {
              add(.named(object.effectiveNamespace), pods)
            }
          }
        }
      }
    }
    for kind in AdminNetworkPolicy.kinds {
      for object in snapshot.objects(kind) {
        for (rules, key) in [("ingress", "from"), ("egress", "to")] {
          for peer in (object.spec?[rules]?.elements ?? []).flatMap({ $0[key]?.elements ?? [] }) {
            if let node = peer.mapping?["namespaces"] {
              if let selector = parse(node["namespaceSelector"] ?? node) { add(.matching(selector), .everything) }
            } else if let node = peer.mapping?["pods"] {
              let place = node["namespaceSelector"] ?? node["namespaces"]?["namespaceSelector"] ?? node["namespaces"]
              if let namespaces = parse(place), let pods = parse(node["podSelector"]) {
                add(.matching(namespaces), pods)
              }
            }
          }
        }
      }
    }
    for object in snapshot.objects(GroupKind("cilium.io", "CiliumNetworkPolicy")) {
      for spec in [object.spec].compactMap({ $0 }) + (object.root["specs"]?.elements ?? []) {
        for (rules, key) in [("ingress", "fromEndpoints"), ("egress", "toEndpoints")] {
          for peer in (spec[rules]?.elements ?? []).flatMap({ $0[key]?.elements ?? [] }) {
            guard let pods = parse(peer) else { continue }
            // Keys with a source before them, and those of namespaces, are no labels of pods.
            guard !pods.requirements.contains(where: { $0.key.contains(":") || $0.key.hasPrefix("io.") }) else {
              continue
            }
            add(.named(object.effectiveNamespace), pods)
          }
        }
      }
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
    private(set) var endpoints: [ReachCluster.Endpoint] = []
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
            ReachCluster.Endpoint(
              namespace: namespace, name: "pod-to-come-\(index)-\(number)-\(other)", ownerKind: nil,
              ownerName: "pod-to-come", isPod: true, labels: pod, serviceAccount: "default", hostNetwork: false,
              addresses: [], namedPorts: [], location: Location(file: "")))
        }
      }
      ranges.append(start..<endpoints.count)
    }

    /// Label sets that a selector matches: one with as few labels as it lets, one with every key set to what nobody
    /// asks for, one for each value that it offers, and one for each that another selector leaves out.
    private func variants(_ selector: LabelSelector, _ index: Int) -> [[String: String]] {
      var least: [String: String] = [:]
      var most: [String: String] = [:]
      for key in keys where key != "kubernetes.io/metadata.name" { most[key] = "any-\(index)" }
      for requirement in selector.requirements {
        switch requirement.comparison {
        case .isIn:
          least[requirement.key] = requirement.values.first
          most[requirement.key] = requirement.values.last
        case .exists:
          least[requirement.key] = "any-\(index)"
          most[requirement.key] = "any-\(index)"
        case .notIn: break
        case .doesNotExist: most[requirement.key] = nil
        }
      }
      var result = [least]
      if most != least { result.append(most) }
      for requirement in selector.requirements where requirement.comparison == .isIn && requirement.values.count > 2 {
        for value in requirement.values.dropFirst().dropLast().prefix(8) {
          var one = least
          one[requirement.key] = value
          result.append(one)
        }
      }
      for key in exceptions.keys.sorted() where key != "kubernetes.io/metadata.name" {
        for value in (exceptions[key] ?? []).sorted().prefix(8) {
          var one = most
          one[key] = value
          if selector.matches(one) { result.append(one) }
        }
      }
      return result
    }
  }
}
