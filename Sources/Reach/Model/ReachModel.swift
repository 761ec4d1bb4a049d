package import Bytes
package import Findings
package import Kube

/// What can talk to what under the policies of a snapshot.
package struct ReachModel: Sendable {
  /// The whole input; the cluster's own snapshot lacks what its plugin does not enforce.
  let input: ClusterSnapshot
  package let cluster: ReachCluster
  package let problems: [Problem]
  package let profile: ReachProfile
  private(set) var program: PolicyProgram
  /// Policies that say something of a unit, by direction, stage and unit.
  private var applicable: [[[[Int]]]]
  private var compiler: PolicyCompiler
  private let relevance: ReachCluster.Relevance

  package init(_ snapshot: ClusterSnapshot, profile: ReachProfile = .spec) {
    self.init(snapshot, profile: profile, extra: [])
  }

  init(
    _ input: ClusterSnapshot, profile: ReachProfile, extra: [ReachCluster.Endpoint],
    namespaceLabels: [String: [String: String]] = [:]
  ) {
    self.input = input
    let idle = profile.plugin.map { plugin in
      PolicyDialects.policyKinds.filter { !plugin.enforces($0) && !input.objects($0).isEmpty }
    }
    let snapshot = idle.map { $0.isEmpty ? input : input.without($0) } ?? input
    var relevance = ReachCluster.Relevance()
    relevance.addresses = profile.ipBlockMatchesPods
    for kind in PolicyDialects.kinds {
      for object in snapshot.objects(kind) {
        relevance.gather(object.root)
        // Their blocks match pods by address, whatever the profile.
        if object.groupKind.group != "networking.k8s.io" { relevance.addresses = true }
        if object.groupKind == IstioMesh.sidecar { relevance.services = true }
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
    for object in snapshot.objects(IstioMesh.serviceEntry) {
      for host in object.spec?["hosts"]?.strings ?? [] { relevance.names.insert(DNSName.normalised(host)) }
    }
    if relevance.services {
      for object in snapshot.objects(.service) {
        for key in object.spec?["selector"]?.entries.map(\.key) ?? [] { relevance.keys.insert(key) }
      }
      for object in snapshot.objects(.service) where object.spec?["selector"] == nil {
        for address in ServiceIndex.addresses(of: object.name, in: object.effectiveNamespace, snapshot) {
          relevance.blocks.append(IPRange(isV6: address.isV6, low: address.value, high: address.value))
        }
      }
      for address in ServiceIndex.addresses(of: "kubernetes", in: "default", snapshot) {
        relevance.blocks.append(IPRange(isV6: address.isV6, low: address.value, high: address.value))
      }
    }
    cluster = ReachCluster(
      snapshot, relevance: relevance, extra: [.ingressController] + extra,
      namespaceLabels: namespaceLabels)
    self.profile = profile
    self.relevance = relevance
    var compiler = PolicyCompiler(cluster, profile)
    program = PolicyDialects.compile(&compiler)
    problems =
      compiler.problems + Self.withoutPods(snapshot)
      + (idle ?? []).flatMap { kind in
        input.objects(kind).map { object in
          Problem(
            code: "not-enforced", location: object.location,
            message:
              "\(object.subject.text): \(profile.plugin?.title ?? "the network plugin") does not enforce policies of \(kind.group), so it does nothing",
            hidesInput: false)
        }
      }
    self.compiler = compiler
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

  /// Puts a NetworkPolicy in the place of the one with its name, or beside the others, without reading the rest again.
  ///
  /// - Returns: the units that the old or the new one governs, and where the new one stands: its stage, and its place there;
  ///   nil, and nothing done, where the policy is refused, tells pods or addresses apart that the others do not, or is one
  ///   among policies of other dialects.
  mutating func replace(with object: KubeObject) -> (affected: [Int], stage: Int, place: Int)? {
    var wanted = ReachCluster.Relevance()
    wanted.gather(object.root)
    // Labels of namespaces tell no pods apart: a unit is of one namespace.
    var labels = ReachCluster.Relevance()
    for selector in KubernetesNetworkPolicy.podSelectors(object) { labels.gather(selector) }
    wanted.keys = labels.keys
    guard object.groupKind == .networkPolicy, wanted.keys.isSubset(of: relevance.keys),
      wanted.blocks.allSatisfy(cluster.cutsAt),
      let position = program.stages.firstIndex(where: { $0.name == KubernetesNetworkPolicy.stageName }),
      let policy = KubernetesNetworkPolicy.policy(object, &compiler)
    else { return nil }
    var affected = policy.subjects
    let index: Int
    if let known = program.stages[position].policies.firstIndex(where: {
      $0.object.name == object.name && $0.object.effectiveNamespace == object.effectiveNamespace
    }) {
      let old = program.stages[position].policies[known]
      affected.formUnion(old.subjects)
      for direction in 0..<2 where old.rules[direction] != nil {
        old.subjects.visit { unit in applicable[direction][position][unit].removeAll { $0 == known } }
      }
      program.stages[position].policies[known] = policy
      index = known
    } else {
      index = program.stages[position].policies.count
      program.stages[position].policies.append(policy)
    }
    for direction in 0..<2 where policy.rules[direction] != nil {
      policy.subjects.visit { unit in
        let place = applicable[direction][position][unit].firstIndex { $0 > index }
        applicable[direction][position][unit].insert(index, at: place ?? applicable[direction][position][unit].count)
      }
    }
    return (affected.elements.filter { $0 < cluster.units.count }, position, index)
  }

  /// Workloads from whose templates no pod can be made.
  private static func withoutPods(_ snapshot: ClusterSnapshot) -> [Problem] {
    let kinds = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"].map { GroupKind("apps", $0) }
    return (kinds + [GroupKind("", "ReplicationController"), GroupKind("batch", "Job")]).flatMap(snapshot.objects)
      .filter { $0.spec?["template"]?["spec"]?.mapping == nil }
      .map { object in
        Problem(
          code: "no-pod-template", location: object.location(of: object.spec?["template"]),
          message:
            "\(object.subject.text): its template has no spec, which the API server refuses; its pods were left out",
          hidesInput: true)
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

  /// How to take a peer of which the input does not tell whether a rule matches it.
  enum Assumption {
    /// As not matched.
    case asWritten
    /// So that as little as possible is allowed.
    case least
    /// So that as much as possible is allowed.
    case most
  }

  private static func matches(_ rule: PolicyProgram.Rule, _ peer: Int, _ assumption: Assumption) -> Bool {
    if rule.peers.units[peer] { return true }
    guard assumption != .asWritten, let maybe = rule.peers.maybe, maybe[peer] else { return false }
    switch rule.action {
    case .allow: return assumption == .most
    case .deny: return assumption == .least
    case .pass: return false
    }
  }

  /// Connections that one side allows.
  ///
  /// - Parameters:
  ///   - subject: unit of the pod whose policies are asked.
  ///   - peer: unit at the other end.
  ///   - watching: a question, for the remarks.
  ///   - remarks: told of every rule that matches the question.
  func ports(
    _ subject: Int, _ direction: PolicyProgram.Direction, _ peer: Int, assuming assumption: Assumption = .asWritten,
    watching: ReachQuestion? = nil, _ remarks: inout [Remark]
  ) -> ConnectionSet {
    guard subject < cluster.units.count else { return .all }
    var result = ConnectionSet.all
    var undecided = ConnectionSet.all
    var allowed = ConnectionSet.none
    let destination = direction == .ingress ? subject : peer
    let word = direction == .ingress ? "ingress" : "egress"
    func isWatched(_ set: ConnectionSet) -> Bool { watching.map { $0.isMet(by: set) != false } ?? false }
    for (position, stage) in program.stages.enumerated() {
      if position > 0, stage.layer != program.stages[position - 1].layer {
        result = result.intersection(allowed.union(undecided))
        undecided = .all
        allowed = .none
      }
      let indexes = applicable[direction.rawValue][position][subject]
      guard !indexes.isEmpty, !undecided.isEmpty else { continue }
      var passed = ConnectionSet.none
      var isolates = false
      for index in indexes {
        let policy = stage.policies[index]
        isolates = isolates || policy.isolates[direction.rawValue]
        for rule in policy.rules[direction.rawValue] ?? []
        where Self.matches(rule, peer, assumption) && rule.near?[subject] ?? true {
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
    return result.intersection(allowed.union(undecided))
  }

  /// What the input lacks to tell whether rules match a peer.
  private func missing(_ subject: Int, _ direction: PolicyProgram.Direction, _ peer: Int) -> [String] {
    guard subject < cluster.units.count else { return [] }
    var found: [String] = []
    for (position, stage) in program.stages.enumerated() {
      for index in applicable[direction.rawValue][position][subject] {
        for rule in stage.policies[index].rules[direction.rawValue] ?? [] {
          guard rule.peers.maybe?[peer] == true, !rule.peers.units[peer], let text = rule.peers.missing else {
            continue
          }
          let object = stage.policies[index].object
          let line = "\(object.kind) \(object.name) \(rule.path): \(text)"
          if !found.contains(line) { found.append(line) }
        }
      }
    }
    return found
  }

  func resolve(_ ports: PolicyProgram.Ports, _ destination: Int) -> ConnectionSet {
    guard !ports.named.isEmpty, destination < cluster.units.count else { return ports.fixed }
    var set = ports.fixed
    for wanted in ports.named {
      for port in cluster.units[destination].namedPorts
      where port.name == wanted.name && (wanted.transport.map { $0 == port.transport } ?? true) {
        set = set.union(ConnectionSet(port.transport, port.port...port.port).refined(by: wanted.condition))
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
    /// Index into the cluster's names.
    case name(Int)
    /// A DNS name of which no policy speaks: any external address may be behind it.
    case unknownName(String)
  }

  /// The endpoint called `ns/name` (a pod, or a workload without pods), `ns/name[Kind]`, or an address.
  package func end(_ text: String) -> End? {
    if let address = IPAddress(text) {
      // An address of a pod means the pod.
      if let index = cluster.endpoints.firstIndex(where: { $0.addresses.contains(address) }) { return .endpoint(index) }
      return .address(address)
    }
    if let index = names[text] { return .endpoint(index) }
    return name(text)
  }

  /// A DNS name that policies name, or that one of their patterns covers.
  package func name(_ text: String) -> End? {
    let wanted = DNSName.normalised(text)
    if let index = cluster.names.firstIndex(of: wanted) { return .name(index) }
    if let index = cluster.names.firstIndex(where: { DNSName.covers($0, wanted) }) { return .name(index) }
    let labels = wanted.split(separator: ".", omittingEmptySubsequences: false)
    let isName =
      labels.count > 1 && wanted.utf8.count <= 253
      && labels.allSatisfy { label in
        (1...63).contains(label.utf8.count)
          && label.utf8.allSatisfy { $0 &- 0x30 < 10 || $0 &- 0x61 < 26 || $0 == 0x2D || $0 == 0x5F }
      } && labels.last?.contains { $0.isLetter } == true
    return isName ? .unknownName(wanted) : nil
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

  /// Whether anything may pass from one endpoint to another on a port: `answer` without its reasons.
  package func isAllowed(
    _ source: Int, _ destination: Int, _ transport: ConnectionSet.TransportProtocol, _ port: UInt16
  ) -> Bool {
    if source == destination { return true }
    let from = cluster.endpoints[source].unit
    let to = cluster.endpoints[destination].unit
    let target = cluster.units[to]
    func covers(_ ports: PolicyProgram.Ports) -> Bool? {
      switch ports.fixed.condition(transport, port) {
      case .always: return true
      case .test: return nil
      case .never: break
      }
      for wanted in ports.named {
        for own in target.namedPorts
        where own.name == wanted.name && own.port == port && own.transport == transport
          && (wanted.transport.map { $0 == own.transport } ?? true)
        {
          return wanted.condition == .always ? true : nil
        }
      }
      return false
    }
    /// Nil where a condition is in the way.
    func side(_ subject: Int, _ direction: PolicyProgram.Direction, _ peer: Int) -> Bool? {
      var decided: Bool?
      for (position, stage) in program.stages.enumerated() {
        if position > 0, stage.layer != program.stages[position - 1].layer {
          if decided == false { return false }
          decided = nil
        }
        guard decided == nil else { continue }
        var isolates = false
        policies: for index in applicable[direction.rawValue][position][subject] {
          isolates = isolates || stage.policies[index].isolates[direction.rawValue]
          guard let rules = stage.policies[index].rules[direction.rawValue] else { continue }
          for rule in rules where rule.peers.units[peer] && rule.near?[subject] ?? true {
            guard let isCovered = covers(rule.ports) else { return nil }
            guard isCovered else { continue }
            switch rule.action {
            case .allow: decided = true
            case .deny: decided = false
            // What is passed on is not denied by the end of this stage.
            case .pass: isolates = false
            }
            break policies
          }
        }
        if decided == nil, isolates { decided = false }
      }
      return decided ?? true
    }
    guard let out = side(from, .egress, to), let into = out ? side(to, .ingress, from) : false else {
      return answer(.endpoint(source), .endpoint(destination), transport, port).allowed
    }
    return out && into
  }

  package enum Verdict: String, Sendable {
    case allowed
    case denied
    /// The input does not tell.
    case unknown
  }

  package struct Answer: Sendable {
    package let verdict: Verdict
    /// What the rules say as they are written, for those who want yes or no.
    package let allowed: Bool
    package let reason: String
    /// What the connection has to carry, where that matters and the question does not say.
    package let condition: Condition
    /// What the input lacks, where the verdict is unknown.
    package let missing: [String]
    package let remarks: [Remark]

    fileprivate init(allowed: Bool, reason: String) {
      verdict = allowed ? .allowed : .denied
      self.allowed = allowed
      self.reason = reason
      condition = allowed ? .always : .never
      missing = []
      remarks = []
    }

    fileprivate init(
      verdict: Verdict, allowed: Bool, reason: String, condition: Condition, missing: [String], remarks: [Remark]
    ) {
      self.verdict = verdict
      self.allowed = allowed
      self.reason = reason
      self.condition = condition
      self.missing = missing
      self.remarks = remarks
    }
  }

  package func answer(
    _ source: End, _ destination: End, _ transport: ConnectionSet.TransportProtocol, _ port: UInt16
  ) -> Answer { answer(source, destination, ReachQuestion(transport, port)) }

  package func answer(_ source: End, _ destination: End, _ question: ReachQuestion) -> Answer {
    if source == destination, case .endpoint = source {
      return Answer(allowed: true, reason: "a pod always reaches itself")
    }
    if case .unknownName(let name) = destination { return answer(source, name, question) }
    guard let from = unit(source), let to = unit(destination) else {
      return Answer(allowed: true, reason: "no policy speaks of addresses of this family")
    }
    var remarks: [Remark] = []
    let egress = ports(from, .egress, to, watching: question, &remarks)
    var ingress = ports(to, .ingress, from, watching: question, &remarks)
    let neighbours = areNeighbours(source, destination)
    if neighbours == true, question.isMet(by: ingress) == false {
      // The node itself reaches its pods, whatever their policies say.
      ingress = .all
      remarks.removeAll { $0.direction == "ingress" }
    }
    let set = egress.intersection(ingress)
    let condition = question.condition(of: set)
    let met = condition.holds(for: question.request)
    // Without a word on what it carries, a connection that some request may use is open.
    let allowed = met ?? true
    let reason = reason(allowed, condition, remarks)
    var ignored: [Remark] = []
    func open(_ assumption: Assumption) -> Bool {
      question.isMet(by: ports(from, .egress, to, assuming: assumption, &ignored)) != false
        && question.isMet(by: ports(to, .ingress, from, assuming: assumption, &ignored)) != false
    }
    var missing = missing(from, .egress, to) + missing(to, .ingress, from)
    var isUnknown = !missing.isEmpty && open(.least) != open(.most)
    if !isUnknown { missing = [] }
    if neighbours == nil, !allowed, question.isMet(by: egress) != false {
      isUnknown = true
      missing.append("the nodes of both pods: a pod on the node's network reaches those of its own node")
    }
    if question.transport == nil, !allowed, !profile.deniesPortless,
      remarks.filter({ $0.decided && !$0.said.hasPrefix("allows") }).allSatisfy({
        $0.rule.isEmpty && $0.policy.groupKind == .networkPolicy
      })
    {
      isUnknown = true
      missing.append("what the network plugin does with ICMP where a NetworkPolicy isolates, which is left to it")
    }
    return Answer(
      verdict: isUnknown ? .unknown : allowed ? .allowed : .denied, allowed: allowed, reason: reason,
      condition: met == nil ? condition : allowed ? .always : .never, missing: missing, remarks: remarks)
  }

  /// Whether a pod on its node's network and a pod that policies select are on one node; nil where that is not known, and
  /// false where it does not matter.
  private func areNeighbours(_ source: End, _ destination: End) -> Bool? {
    guard case .endpoint(let a) = source, case .endpoint(let b) = destination, !profile.hostNetworkPodsAreSelected
    else {
      return false
    }
    let from = cluster.endpoints[a]
    let to = cluster.endpoints[b]
    guard from.hostNetwork, !from.isHost, !to.hostNetwork, from.isPod, to.isPod else {
      // A workload stands for pods on any node.
      return from.hostNetwork && !from.isHost && !to.hostNetwork ? nil : false
    }
    guard let mine = from.node, let theirs = to.node else { return nil }
    return mine == theirs
  }

  /// A name may stand for any address outside: the answer is certain where it is the same for all.
  private func answer(_ source: End, _ name: String, _ question: ReachQuestion) -> Answer {
    var allowed: Answer?
    var denied: Answer?
    for range in cluster.ranges {
      let one = answer(source, .address(IPAddress(isV6: range.isV6, value: range.low)), question)
      if one.allowed { allowed = allowed ?? one } else { denied = denied ?? one }
    }
    guard let allowed, let denied else {
      return allowed ?? denied ?? Answer(allowed: true, reason: "no policy isolates either end")
    }
    return Answer(
      verdict: .unknown, allowed: false, reason: "for some addresses: \(denied.reason); for others: \(allowed.reason)",
      condition: allowed.condition, missing: ["the addresses behind \(name)"], remarks: denied.remarks)
  }

  private func unit(_ end: End) -> Int? {
    switch end {
    case .endpoint(let index): cluster.endpoints[index].unit
    case .address(let address): cluster.unit(of: address)
    case .name(let index): cluster.firstName + index
    case .unknownName: nil
    }
  }

  private func reason(_ allowed: Bool, _ condition: Condition, _ remarks: [Remark]) -> String {
    func text(_ remark: Remark) -> String {
      let rule = remark.rule.isEmpty ? "" : remark.rule + " "
      return "\(remark.policy.kind) \(remark.policy.name) \(rule)\(remark.said) (\(remark.direction))"
    }
    let deciding = remarks.filter(\.decided)
    if deciding.isEmpty { return "no policy isolates either end" }
    if allowed {
      let list = deciding.filter { $0.said.hasPrefix("allows") }
      return (list.isEmpty ? deciding : list).map(text).joined(separator: "; ")
    }
    return deciding.filter { $0.said.hasPrefix("denies") || $0.rule.isEmpty }.map(text).joined(separator: "; ")
  }
}
