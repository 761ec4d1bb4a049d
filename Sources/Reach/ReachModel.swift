import Bytes
package import Findings
package import Kube

/// What can talk to what under the policies of a snapshot.
package struct ReachModel: Sendable {
  package let cluster: ReachCluster
  package let problems: [Problem]
  package let profile: ReachProfile
  let program: PolicyProgram
  /// Policies that say something of a unit, by direction, stage and unit.
  private let applicable: [[[[Int]]]]

  package init(_ snapshot: ClusterSnapshot, profile: ReachProfile = .spec, extra: [ReachCluster.Endpoint] = []) {
    var relevance = ReachCluster.Relevance()
    relevance.addresses = profile.ipBlockMatchesPods
    for kind in PolicyDialects.kinds {
      for object in snapshot.objects(kind) {
        relevance.gather(object.root)
        // Their blocks match pods by address, whatever the profile.
        if object.groupKind.group != "networking.k8s.io" { relevance.addresses = true }
      }
    }
    if PolicyDialects.kinds.contains(where: { $0.group == "policy.networking.k8s.io" && !snapshot.objects($0).isEmpty })
    {
      for node in snapshot.objects(GroupKind("", "Node")) {
        for item in node.root[path: "status", "addresses"]?.elements ?? [] {
          if let range = item["address"]?.string.flatMap({ IPRange(cidr: $0) }) { relevance.blocks.append(range) }
        }
      }
    }
    cluster = ReachCluster(snapshot, relevance: relevance, extra: extra)
    self.profile = profile
    var compiler = PolicyCompiler(cluster, profile)
    program = PolicyDialects.compile(&compiler)
    problems = compiler.problems
    let unitCount = cluster.units.count
    applicable = (0..<2).map { [program] direction in
      program.stages.map { stage in
        var table = [[Int]](repeating: [], count: unitCount)
        for (index, policy) in stage.policies.enumerated() where policy.rules[direction] != nil {
          policy.subjects.visit { if $0 < unitCount { table[$0].append(index) } }
        }
        return table
      }
    }
  }

  /// One rule's say on a pair, for explanations.
  package struct Remark: Sendable {
    package let direction: String
    package let policy: KubeObject
    /// Place of the rule, such as `ingress[0]`; empty for the end of the stage.
    package let rule: String
    package let location: Location
    package let said: String
    package let decided: Bool
  }

  /// Connections that one side allows.
  ///
  /// - Parameters:
  ///   - subject: unit of the pod whose policies are asked.
  ///   - peer: unit at the other end.
  ///   - remarks: told of every rule that matches, when given.
  func ports(
    _ subject: Int, _ direction: PolicyProgram.Direction, _ peer: Int,
    watching: (PortSet.TransportProtocol, UInt16)? = nil, _ remarks: inout [Remark]
  ) -> PortSet {
    guard subject < cluster.units.count else { return .all }
    var undecided = PortSet.all
    var allowed = PortSet.none
    let destination = direction == .ingress ? subject : peer
    let word = direction == .ingress ? "ingress" : "egress"
    func isWatched(_ set: PortSet) -> Bool { watching.map { set.contains($0.0, $0.1) } ?? false }
    for (position, stage) in program.stages.enumerated() {
      let indexes = applicable[direction.rawValue][position][subject]
      guard !indexes.isEmpty, !undecided.isEmpty else { continue }
      var passed = PortSet.none
      var isolates = false
      for index in indexes {
        let policy = stage.policies[index]
        isolates = isolates || policy.isolates[direction.rawValue]
        for rule in policy.rules[direction.rawValue] ?? [] where rule.peers.units[peer] && rule.near?[subject] ?? true {
          let matched = undecided.intersection(resolve(rule.ports, destination))
          if matched.isEmpty { continue }
          if isWatched(matched) {
            let said = rule.action == .allow ? "allows" : rule.action == .deny ? "denies" : "passes on"
            remarks.append(
              Remark(
                direction: word, policy: policy.object, rule: rule.path,
                location: policy.object.location(of: rule.node),
                said: "\(said) \(matched.text)", decided: rule.action != .pass))
          }
          undecided = undecided.subtracting(matched)
          switch rule.action {
          case .allow: allowed = allowed.union(matched)
          case .deny: break
          case .pass: passed = passed.union(matched)
          }
        }
      }
      if isolates {
        if isWatched(undecided), let policy = indexes.first.map({ stage.policies[$0] }) {
          let names = indexes.map { stage.policies[$0].object.name }
          remarks.append(
            Remark(
              direction: word, policy: policy.object, rule: "", location: policy.object.location,
              said:
                "isolates the pod, and no rule of \(names.prefix(4).joined(separator: ", "))\(names.count > 4 ? " and \(names.count - 4) more" : "") allows it",
              decided: true))
        }
        undecided = passed
      } else {
        undecided = undecided.union(passed)
      }
    }
    return allowed.union(undecided)
  }

  func resolve(_ ports: PolicyProgram.Ports, _ destination: Int) -> PortSet {
    guard !ports.named.isEmpty, destination < cluster.units.count else { return ports.fixed }
    var set = ports.fixed
    for wanted in ports.named {
      for port in cluster.units[destination].namedPorts
      where port.name == wanted.name && (wanted.transport.map { $0 == port.transport } ?? true) {
        set = set.union(PortSet(port.transport, port.port...port.port))
      }
    }
    return set
  }

  /// Stage-wise policies of a unit in a direction: what its row depends on.
  func signature(_ unit: Int, _ direction: PolicyProgram.Direction) -> [[Int]] {
    program.stages.indices.map { applicable[direction.rawValue][$0][unit] }
  }

  func hasNearRules(_ policies: [[Int]], _ direction: PolicyProgram.Direction) -> Bool {
    zip(policies, program.stages).contains { indexes, stage in
      indexes.contains { (stage.policies[$0].rules[direction.rawValue] ?? []).contains { $0.near != nil } }
    }
  }

  /// True when a policy isolates the unit or says anything of it in the direction.
  func isGoverned(_ unit: Int, _ direction: PolicyProgram.Direction) -> Bool {
    program.stages.indices.contains { !applicable[direction.rawValue][$0][unit].isEmpty }
  }

  // MARK: Single questions

  /// One end of a connection.
  package enum End: Sendable, Hashable {
    /// Index into the cluster's endpoints.
    case endpoint(Int)
    case address(IPAddress)
  }

  /// The endpoint called `ns/name` (a pod, or a workload without pods), `ns/name[Kind]`, or an address.
  package func end(_ text: String) -> End? {
    if let address = IPAddress(text) {
      // An address of a pod means the pod.
      if let index = cluster.endpoints.firstIndex(where: { $0.addresses.contains(address) }) { return .endpoint(index) }
      return .address(address)
    }
    if let index = names[text] { return .endpoint(index) }
    return nil
  }

  private var names: [String: Int] {
    // Pods before workloads: the first of equal names wins.
    var table: [String: Int] = [:]
    for (index, endpoint) in cluster.endpoints.enumerated() {
      for name in ["\(endpoint.namespace)/\(endpoint.name)", endpoint.podText] where table[name] == nil {
        table[name] = index
      }
    }
    for (index, endpoint) in cluster.endpoints.enumerated() {
      for name in [endpoint.workloadText, "\(endpoint.namespace)/\(endpoint.ownerName)"] where table[name] == nil {
        table[name] = index
      }
    }
    return table
  }

  /// A table for many questions.
  package func endpointNames() -> [String: Int] { names }

  package struct Answer: Sendable {
    package let allowed: Bool
    package let reason: String
    package let remarks: [Remark]
  }

  package func answer(_ source: End, _ destination: End, _ transport: PortSet.TransportProtocol, _ port: UInt16)
    -> Answer
  {
    if source == destination, case .endpoint = source {
      return Answer(allowed: true, reason: "a pod always reaches itself", remarks: [])
    }
    guard let from = unit(source), let to = unit(destination) else {
      return Answer(allowed: true, reason: "no policy speaks of addresses of this family", remarks: [])
    }
    var remarks: [Remark] = []
    let egress = ports(from, .egress, to, watching: (transport, port), &remarks)
    let ingress = ports(to, .ingress, from, watching: (transport, port), &remarks)
    let allowed = egress.contains(transport, port) && ingress.contains(transport, port)
    return Answer(allowed: allowed, reason: reason(allowed, remarks), remarks: remarks)
  }

  private func unit(_ end: End) -> Int? {
    switch end {
    case .endpoint(let index): cluster.endpoints[index].unit
    case .address(let address): cluster.unit(of: address)
    }
  }

  private func reason(_ allowed: Bool, _ remarks: [Remark]) -> String {
    let deciding = remarks.filter(\.decided)
    if deciding.isEmpty { return "no policy isolates either end" }
    if allowed {
      return deciding.map { "\($0.policy.kind) \($0.policy.name) \($0.rule) \($0.said) (\($0.direction))" }.joined(
        separator: "; ")
    }
    let against = deciding.filter { $0.said.hasPrefix("denies") || $0.rule.isEmpty }
    return against.map { remark in
      remark.rule.isEmpty
        ? "\(remark.policy.kind) \(remark.policy.name) \(remark.said) (\(remark.direction))"
        : "\(remark.policy.kind) \(remark.policy.name) \(remark.rule) \(remark.said) (\(remark.direction))"
    }.joined(separator: "; ")
  }
}

extension ReachCluster.Relevance {
  /// Everything that a policy may tell pods and addresses apart by, wherever it stands in the object.
  mutating func gather(_ node: Bytes.Node, depth: Int = 0) {
    guard depth < 24 else { return }
    if let items = node.array {
      for item in items { gather(item, depth: depth + 1) }
      return
    }
    for entry in node.entries {
      switch entry.key {
      case "matchLabels": for label in entry.value.entries { add(key: label.key) }
      case "matchExpressions":
        for item in entry.value.elements { if let key = item["key"]?.string { add(key: key) } }
      case "cidr": add(entry.value)
      case "except", "networks", "nets", "notNets", "toCIDR", "fromCIDR", "externalCIDRs":
        for item in entry.value.elements { add(item) }
      case "selector", "notSelector", "namespaceSelector", "serviceAccountSelector":
        if let text = entry.value.string { for word in CalicoSelector.labels(text) { keys.insert(word) } }
        gather(entry.value, depth: depth + 1)
      case "serviceAccounts":
        accounts = true
        gather(entry.value, depth: depth + 1)
      default: gather(entry.value, depth: depth + 1)
      }
    }
  }

  /// Cilium writes the source of a label before its key, and accounts as a label.
  private mutating func add(key: String) {
    keys.insert(key)
    if let colon = key.firstIndex(of: ":") { keys.insert(String(key[key.index(after: colon)...])) }
    if key.hasSuffix("policy.serviceaccount") { accounts = true }
  }

  private mutating func add(_ node: Bytes.Node) {
    if let range = node.text.flatMap({ IPRange(cidr: $0) }) { blocks.append(range) }
  }
}
