import Kube

/// What one side of a connection allows, rule by rule.
extension ReachModel {
  /// How to take what the input does not tell.
  struct Assumption: Sendable {
    /// Peers of which it does not tell whether a rule matches them.
    enum Peers: Sendable {
      /// As not matched.
      case asWritten
      /// So that as little as possible is allowed.
      case strictest
      /// So that as much as possible is allowed.
      case loosest
    }

    let peers: Peers
    /// Whether somebody acts by the policies of which it does not tell that.
    let enforced: Bool

    static let asWritten = Assumption(peers: .asWritten, enforced: true)

    /// Whatever the truth is, what it allows is between what two of these allow.
    static let extremes = [
      Assumption(peers: .strictest, enforced: true), Assumption(peers: .loosest, enforced: true),
      Assumption(peers: .strictest, enforced: false), Assumption(peers: .loosest, enforced: false),
    ]
  }

  private static func matches(_ rule: PolicyProgram.Rule, _ peer: PeerID, _ assumption: Assumption.Peers) -> Bool {
    guard assumption != .asWritten, rule.peers.isOpen(peer) else { return rule.peers.matched.contains(peer) }
    switch rule.action {
    case .allow: return assumption == .loosest
    case .deny: return assumption == .strictest
    // What is passed on may be allowed or denied by what follows: as it is written.
    case .pass: return rule.peers.matched.contains(peer)
    }
  }

  /// Connections that one side allows.
  ///
  /// - Parameters:
  ///   - subject: the pods whose policies are asked; what is outside the cluster allows everything.
  ///   - peer: what is at the other end.
  func ports(
    _ subject: PeerID, _ direction: TrafficDirection, _ peer: PeerID, assuming assumption: Assumption = .asWritten
  ) -> ConnectionSet {
    evaluate(subject, direction, peer, assuming: assumption) { _, _ in }
  }

  /// What passes whatever the input does not tell, what passes as the rules are written, and what may pass.
  struct Bounds: Sendable {
    var certain: ConnectionSet
    var written: ConnectionSet
    var possible: ConnectionSet
    /// What would settle it, where they differ.
    var missing: [Answer.Missing] = []

    static let none = Bounds(certain: .none, written: .none, possible: .none)
    static let all = Bounds(certain: .all, written: .all, possible: .all)

    mutating func formUnion(_ other: Bounds) {
      certain = certain.union(other.certain)
      written = written.union(other.written)
      possible = possible.union(other.possible)
      for one in other.missing where !missing.contains(one) { missing.append(one) }
    }

    func intersection(_ other: Bounds) -> Bounds {
      var result = Bounds(
        certain: certain.intersection(other.certain), written: written.intersection(other.written),
        possible: possible.intersection(other.possible), missing: missing)
      for one in other.missing where !result.missing.contains(one) { result.missing.append(one) }
      return result
    }

    func intersection(_ set: ConnectionSet) -> Bounds {
      Bounds(
        certain: certain.intersection(set), written: written.intersection(set), possible: possible.intersection(set),
        missing: missing)
    }
  }

  func bounds(_ subject: PeerID, _ direction: TrafficDirection, _ peer: PeerID) -> Bounds {
    let written = ports(subject, direction, peer)
    let missing = missingFacts(subject, direction, peer)
    guard !missing.isEmpty else { return Bounds(certain: written, written: written, possible: written) }
    var bounds = Bounds(certain: written, written: written, possible: written)
    for assumption in Assumption.extremes {
      let set = ports(subject, direction, peer, assuming: assumption)
      bounds.certain = bounds.certain.intersection(set)
      bounds.possible = bounds.possible.union(set)
    }
    if bounds.certain != bounds.possible { bounds.missing = missing }
    return bounds
  }

  /// As `ports`, with a step for every rule, and for the end of every stage, that the question depends on.
  func trace(_ subject: PeerID, _ direction: TrafficDirection, _ peer: PeerID, _ question: ReachQuestion) -> (
    ports: ConnectionSet, steps: [TraceStep]
  ) {
    var steps: [TraceStep] = []
    let set = evaluate(subject, direction, peer, assuming: .asWritten) { matched, makeStep in
      if question.isMet(by: matched) != false { steps.append(makeStep()) }
    }
    return (set, steps)
  }

  /// - Parameter decided: told of connections as they are decided, with what decided.
  private func evaluate(
    _ subject: PeerID, _ direction: TrafficDirection, _ peer: PeerID, assuming assumption: Assumption,
    _ decided: (ConnectionSet, () -> TraceStep) -> Void
  ) -> ConnectionSet {
    guard let podClass = cluster.podClass(subject) else { return .all }
    var result = ConnectionSet.all
    var undecided = ConnectionSet.all
    var allowed = ConnectionSet.none
    let isTunnelled = tunnelled.contains(subject) && tunnelled.contains(peer)
    /// What the network sees of connections within a tunnel is the tunnel's port.
    func seen(_ set: ConnectionSet, _ layer: PolicyProgram.Layer) -> ConnectionSet {
      isTunnelled && layer == .network ? AmbientTunnel.inside(set) : set
    }
    let destination = direction == .ingress ? subject : peer
    for (position, stage) in program.stages.enumerated() {
      if position > 0, stage.place.layer != program.stages[position - 1].place.layer {
        result = result.intersection(seen(allowed.union(undecided), program.stages[position - 1].place.layer))
        undecided = .all
        allowed = .none
      }
      var places = governing[direction][position, podClass]
      if !assumption.enforced {
        places.removeAll { stage.policies[$0].doubt?.subjects.contains(podClass) == true }
      }
      guard let first = places.first, !undecided.isEmpty else { continue }
      var passed = ConnectionSet.none
      var isolates = false
      for place in places {
        let policy = stage.policies[place]
        isolates = isolates || policy.isolates[direction]
        for rule in policy.rules[direction] ?? []
        where Self.matches(rule, peer, assumption.peers) && rule.near?.contains(podClass) ?? true {
          let matched = undecided.intersection(resolve(rule.ports, destination))
          if matched.isEmpty { continue }
          decided(seen(matched, stage.place.layer)) {
            let verdict: TraceStep.Verdict =
              switch rule.action {
              case .allow: .allows(matched)
              case .deny: .denies(matched)
              case .pass: .passes(matched)
              }
            return TraceStep(
              direction: direction, policy: policy.object, rule: rule.path,
              location: policy.object.location(of: rule.node), verdict: verdict)
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
        decided(seen(undecided, stage.place.layer)) {
          let object = stage.policies[first].object
          return TraceStep(
            direction: direction, policy: object, rule: "", location: object.location,
            verdict: .isolates(policies: places.map { stage.policies[$0].object.name }))
        }
        undecided = passed
      } else {
        undecided = undecided.union(passed)
      }
    }
    return result.intersection(seen(allowed.union(undecided), program.stages.last?.place.layer ?? .network))
  }

  /// What the input lacks to tell whether policies are acted by and whether rules match a peer, one by one.
  func missingFacts(_ subject: PeerID, _ direction: TrafficDirection, _ peer: PeerID) -> [Answer.Missing] {
    guard let podClass = cluster.podClass(subject) else { return [] }
    var found: [Answer.Missing] = []
    for (position, stage) in program.stages.enumerated() {
      for place in governing[direction][position, podClass] {
        let policy = stage.policies[place]
        if let doubt = policy.doubt, doubt.subjects.contains(podClass) {
          let one = Answer.Missing(rule: .init(policy: policy.object.subject, path: ""), facts: doubt.facts)
          if !found.contains(one) { found.append(one) }
        }
        for rule in policy.rules[direction] ?? [] {
          guard rule.peers.isOpen(peer) else { continue }
          // What is asked of a pod's address is not asked of a node's.
          let isOnNode = cluster.podClass(peer).map { cluster[$0].hostNetwork }
          let facts = rule.peers.missing.filter {
            switch $0 {
            case .podAddress: isOnNode == false
            case .nodeAddress: isOnNode == true
            default: true
            }
          }
          let one = Answer.Missing(rule: .init(policy: policy.object.subject, path: rule.path), facts: facts)
          if !found.contains(one) { found.append(one) }
        }
      }
    }
    return found
  }

  /// The ports of a rule, with its named ones as the destination has them.
  func resolve(_ ports: PolicyProgram.Ports, _ destination: PeerID) -> ConnectionSet {
    guard !ports.named.isEmpty, let podClass = cluster.podClass(destination) else { return ports.fixed }
    var set = ports.fixed
    for wanted in ports.named {
      for port in cluster[podClass].namedPorts
      where port.name == wanted.name && (wanted.transport.map { $0 == port.transport } ?? true) {
        set = set.union(ConnectionSet(port.transport, port.port...port.port).refined(by: wanted.condition))
      }
    }
    return set
  }

  /// True when a policy isolates the pods or says anything of them in the direction.
  func isGoverned(_ podClass: PodClassID, _ direction: TrafficDirection) -> Bool {
    !governing[direction].isEmpty(podClass)
  }

  /// Whether a policy stops anything in a direction: one that lets everything through says that nothing is.
  private static func restricts(_ policy: PolicyProgram.Policy, _ direction: TrafficDirection) -> Bool {
    let rules = policy.rules[direction] ?? []
    if rules.contains(where: { $0.action == .deny }) { return true }
    return policy.isolates[direction]
      && !rules.contains {
        $0.action == .allow && $0.near == nil && $0.ports.fixed == .all
          && $0.peers.matched == $0.peers.matched.everything
      }
  }

  /// Namespaces in which some policy of the network, whatever its dialect, stops something of a pod.
  package var governedNamespaces: Set<String> {
    namespaces { ForeignPolicies.isEvaluated($0.object) && Self.restricts($0, $1) }
  }

  /// The same of policies that are not evaluated: whether they restrict anything is not known.
  package var perhapsGovernedNamespaces: Set<String> {
    namespaces { policy, _ in !ForeignPolicies.isEvaluated(policy.object) }
  }

  private func namespaces(_ counts: (PolicyProgram.Policy, TrafficDirection) -> Bool) -> Set<String> {
    let isGoverned = cluster.podClassIDs.map { id in
      TrafficDirection.allCases.contains { direction in
        program.stages.enumerated().contains { position, stage in
          // Ports that are open in any case protect nothing.
          stage.place.layer == .network && stage.place.name != CalicoFailsafePorts.place.name
            && governing[direction][position, id].contains { counts(stage.policies[$0], direction) }
        }
      }
    }
    return Set(cluster.endpoints.filter { isGoverned[$0.podClass.index] }.map(\.namespace))
  }
}
