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
    let peers = [Peer.entireCluster] + Self.uncovered(Self.peers(snapshot, dialects), plain.cluster)
    var samples = Samples(
      Vocabulary(dialects.flatMap { $0.kinds.flatMap(snapshot.objects) }, dialects), snapshot)
    let samplesOf = peers.map { samples.add($0) }
    let model = ReachModel(
      snapshot, profile: profile, extra: samples.endpoints, namespaceLabels: samples.namespaceLabels)
    let cluster = model.cluster
    let matrix = ReachRows(model)
    let classesOf = samplesOf.map { list in Set(list.map { cluster.extras[$0].podClass }).sorted() }
    var workloads: [Subject: Set<PodClassID>] = [:]
    for endpoint in cluster.endpoints where !endpoint.isHost {
      workloads[endpoint.workload, default: []].insert(endpoint.podClass)
    }
    let hasDenials = model.program.stages.contains { stage in
      stage.policies.contains { policy in
        TrafficDirection.allCases.contains { (policy.rules[$0] ?? []).contains { $0.action != .allow } }
      }
    }
    /// What pods may do with those that stand for a peer: as their own policies have it, and as those of both ends do.
    func open(_ own: [PodClassID], _ direction: TrafficDirection, _ peers: [PodClassID]) -> (
      own: ConnectionSetTable.ID, both: ConnectionSetTable.ID
    ) {
      var all = (own: ConnectionSetTable.all, both: ConnectionSetTable.all)
      for peer in peers {
        var here = ConnectionSetTable.none
        var both = ConnectionSetTable.none
        for podClass in own {
          let side = matrix.side(podClass, direction, PeerID(peer))
          if side == ConnectionSetTable.none { continue }
          here = matrix.union(here, side)
          both = matrix.union(
            both, matrix.intersection(side, matrix.side(peer, direction.opposite, PeerID(podClass))))
        }
        all.own = matrix.intersection(all.own, here)
        all.both = matrix.intersection(all.both, both)
        if all.own == ConnectionSetTable.none { break }
      }
      return all
    }
    struct Found {
      let peer: Int
      let id: ConnectionSetTable.ID
    }
    // Workloads of the same classes are open to the same.
    var known: [[PodClassID]: PerDirection<[Found]>] = [:]
    func found(_ own: [PodClassID], _ direction: TrafficDirection) -> [Found] {
      let everyone = open(own, direction, classesOf[0])
      var result: [Found] = []
      if matrix.hasPorts(everyone.both) { result.append(Found(peer: 0, id: everyone.both)) }
      // Where nothing is denied to some, nobody may do more than everything.
      if everyone.both == ConnectionSetTable.all, !hasDenials { return result }
      for peer in peers.indices.dropFirst() {
        let some = open(own, direction, classesOf[peer])
        // What the whole cluster may do needs no second line; more than that does, and so does what is denied to some.
        let isMore = some.both != everyone.both && matrix.hasPorts(matrix.subtract(some.both, everyone.both))
        let isLess = some.own != everyone.own && matrix.hasPorts(matrix.subtract(everyone.own, some.own))
        if isMore || isLess && matrix.hasPorts(everyone.both) { result.append(Found(peer: peer, id: some.both)) }
      }
      return result
    }
    var rows: [Row] = []
    var unprotected: [(workload: Subject, direction: TrafficDirection)] = []
    let sorted = workloads.map { (text: $0.key.workloadText, workload: $0.key, own: $0.value.sorted()) }
      .sorted { $0.text < $1.text }
    for (_, workload, own) in sorted {
      if known[own] == nil { known[own] = PerDirection { found(own, $0) } }
      for direction in [TrafficDirection.egress, .ingress] {
        if !own.contains(where: { model.isGoverned($0, direction) }) { unprotected.append((workload, direction)) }
        for one in known[own]?[direction] ?? [] {
          rows.append(
            Row(workload: workload, direction: direction, peer: peers[one.peer], ports: matrix.set(one.id)))
        }
      }
    }
    self.rows = rows
    self.unprotected = unprotected
  }

  /// Without those whose labels, asked for by value, are those of a pod that exists: connections tell of them.
  private static func uncovered(_ peers: [Peer], _ cluster: ReachCluster) -> [Peer] {
    let classes = Dictionary(
      grouping: cluster.podClasses.filter { !$0.endpoints.isEmpty }, by: \.namespace)
    var placesOf: [LabelSelector: [String]] = [:]
    return peers.filter { peer in
      guard case .pods(let namespace, let selector) = peer, !selector.requirements.isEmpty,
        selector.requirements.allSatisfy({ $0.comparison == .isIn && $0.values.count == 1 })
      else { return true }
      let places: [String]
      switch namespace {
      case .named(let name): places = [name]
      case .matching(let labels):
        if placesOf[labels] == nil {
          placesOf[labels] = classes.keys.filter { labels.matches(cluster.namespaces[$0] ?? [:]) }
        }
        places = placesOf[labels] ?? []
      }
      return !places.contains { place in (classes[place] ?? []).contains { selector.matches($0.labels) } }
    }
  }

  /// Labels that policies ask for, those of namespaces apart from those of pods, with the values that some selector leaves
  /// out: a pod may have one of them.
  private struct Vocabulary {
    struct Labels {
      var keys = Set<String>()
      var exceptions: [String: Set<String>] = [:]
    }

    private(set) var pods = Labels()
    private(set) var namespaces = Labels()

    init(_ objects: [KubeObject], _ dialects: [any PolicyDialect.Type]) {
      for object in objects { walk(object.root, isNamespace: false, 0) }
      // What dialects write in words of their own is told by them, without the values.
      for dialect in dialects {
        var relevance = Relevance()
        for object in dialect.kinds.flatMap({ kind in objects.filter { $0.groupKind == kind } }) {
          relevance.gather(object.root, by: dialect.vocabulary)
        }
        pods.keys.formUnion(relevance.labelKeys.subtracting(namespaces.keys))
      }
    }

    private mutating func walk(_ node: DocumentNode, isNamespace: Bool, _ depth: Int) {
      guard depth < Relevance.deepest else { return }
      func add(_ key: String, _ exceptions: [String], to labels: inout Labels) {
        labels.keys.insert(key)
        if !exceptions.isEmpty { labels.exceptions[key, default: []].formUnion(exceptions) }
      }
      for label in node["matchLabels"]?.entries ?? [] {
        if isNamespace { add(label.key, [], to: &namespaces) } else { add(label.key, [], to: &pods) }
      }
      for item in node["matchExpressions"]?.elements ?? [] {
        guard let key = item["key"]?.string else { continue }
        let exceptions = item["operator"]?.string == "NotIn" ? item["values"]?.strings ?? [] : []
        if isNamespace { add(key, exceptions, to: &namespaces) } else { add(key, exceptions, to: &pods) }
      }
      for item in node.elements { walk(item, isNamespace: isNamespace, depth + 1) }
      for entry in node.entries {
        let isInner = entry.key == "namespaceSelector" || entry.key == "namespaces"
        walk(entry.value, isNamespace: isInner || isNamespace && entry.key != "podSelector", depth + 1)
      }
    }
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
      if case .matching(let labels) = namespace { namespace = .matching(labels.inOrder) }
      let peer = Peer.pods(namespace: namespace, selector: selector.inOrder)
      if seen.insert(peer).inserted { found.append(peer) }
    }
    return found
  }

  /// Pods that stand for peers: the same pod for all that it can stand for.
  private struct Samples {
    private let vocabulary: Vocabulary
    private let known: [String: [String: String]]
    private(set) var endpoints: [Endpoint] = []
    private(set) var namespaceLabels: [String: [String: String]] = [:]
    private var namespaces: [[String: String]: String] = [:]
    private var numbers: [Key: Int] = [:]

    private struct Key: Hashable {
      let namespace: String
      let labels: [String: String]
    }

    /// What no selector asks for.
    private static let anything = "bartizan-any"

    init(_ vocabulary: Vocabulary, _ snapshot: ClusterSnapshot) {
      self.vocabulary = vocabulary
      known = Dictionary(
        snapshot.objects(.namespace).map { ($0.name, $0.labels) }, uniquingKeysWith: { first, _ in first })
    }

    /// - Returns: places in `endpoints` of those that stand for a peer.
    mutating func add(_ peer: Peer) -> [Int] {
      let places: [String]
      let pods: [[String: String]]
      switch peer {
      case .entireCluster:
        places = Self.variants(.everything, vocabulary.namespaces).map { namespace($0) }
        pods = Self.variants(.everything, vocabulary.pods)
      case .pods(let namespace, let selector):
        pods = Self.variants(selector, vocabulary.pods)
        switch namespace {
        case .named(let name):
          if namespaceLabels[name] == nil {
            namespaceLabels[name] = (known[name] ?? [:]).merging(["kubernetes.io/metadata.name": name]) { old, _ in old
            }
          }
          places = [name]
        case .matching(let labels):
          places = Self.variants(labels, vocabulary.namespaces).map { self.namespace($0) }
        }
      }
      return places.flatMap { place in pods.map { pod in number(place, pod) } }
    }

    /// The namespace to come that has the labels.
    private mutating func namespace(_ labels: [String: String]) -> String {
      if let name = namespaces[labels] { return name }
      let name = labels["kubernetes.io/metadata.name"] ?? "namespace-to-come-\(namespaces.count)"
      namespaces[labels] = name
      namespaceLabels[name] = labels.merging(["kubernetes.io/metadata.name": name]) { old, _ in old }
      return name
    }

    private mutating func number(_ namespace: String, _ labels: [String: String]) -> Int {
      let key = Key(namespace: namespace, labels: labels)
      if let number = numbers[key] { return number }
      numbers[key] = endpoints.count
      endpoints.append(
        Endpoint(
          namespace: namespace, name: "pod-to-come-\(endpoints.count)",
          workload: Subject(kind: "Pod", namespace: namespace, name: "pod-to-come"), isPod: true, labels: labels,
          serviceAccount: "default", hostNetwork: false, addresses: [], namedPorts: [], location: Location(file: "")))
      return endpoints.count - 1
    }

    /// Label sets that a selector matches: one with as few labels as it lets, one with every key set to what nobody
    /// asks for, one for each value that it offers, and one for each that another selector leaves out.
    private static func variants(_ selector: LabelSelector, _ labels: Vocabulary.Labels) -> [[String: String]] {
      var fewest: [String: String] = [:]
      var all: [String: String] = [:]
      for key in labels.keys where key != "kubernetes.io/metadata.name" { all[key] = anything }
      for requirement in selector.requirements {
        switch requirement.comparison {
        case .isIn:
          fewest[requirement.key] = requirement.values.first
          all[requirement.key] = requirement.values.last
        case .exists:
          fewest[requirement.key] = anything
          all[requirement.key] = anything
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
      for key in labels.exceptions.keys.sorted() where key != "kubernetes.io/metadata.name" {
        for value in (labels.exceptions[key] ?? []).sorted().prefix(8) {
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
  /// The same with requirements and values in order, each once: selectors that mean the same by other words are few.
  var inOrder: LabelSelector {
    var seen = Set<Requirement>()
    let sorted = requirements.map {
      Requirement(key: $0.key, comparison: $0.comparison, values: Set($0.values).sorted())
    }.sorted {
      ($0.key, $0.comparison.rawValue, $0.values.joined(separator: ",")) < (
        $1.key, $1.comparison.rawValue, $1.values.joined(separator: ",")
      )
    }
    return LabelSelector(sorted.filter { seen.insert($0).inserted })
  }

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
