import Bytes
package import Findings
import Kube

/// Single questions: may this connect to that, and why.
extension ReachModel {
  /// Whether anything may pass from one endpoint to another on a port: `answer` without its reasons.
  package func isAllowed(
    _ source: EndpointID, _ destination: EndpointID, _ transport: ConnectionSet.TransportProtocol, _ port: UInt16
  ) -> Bool {
    if source == destination { return true }
    let from = cluster[source].podClass
    let to = cluster[destination].podClass
    let target = cluster[to]
    if tunnelled.contains(from), tunnelled.contains(to) {
      return answer(.endpoint(source), .endpoint(destination), transport, port).allowed
    }
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
    func side(_ subject: PodClassID, _ direction: TrafficDirection, _ peer: PodClassID) -> Bool? {
      var decided: Bool?
      for (position, stage) in program.stages.enumerated() {
        if position > 0, stage.place.layer != program.stages[position - 1].place.layer {
          if decided == false { return false }
          decided = nil
        }
        guard decided == nil else { continue }
        var isolates = false
        policies: for place in governing[direction][position, subject] {
          isolates = isolates || stage.policies[place].isolates[direction]
          guard let rules = stage.policies[place].rules[direction] else { continue }
          for rule in rules where rule.peers.matched.contains(peer) && rule.near?.contains(subject) ?? true {
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

  /// May the connection be made?
  package enum Verdict: String, Sendable {
    case allowed
    case denied
    /// The input does not tell.
    case unknown
  }

  /// What is to be said of one question.
  package struct Answer: Sendable {
    /// Why, for those who do not want every step.
    package indirect enum Reason: Sendable {
      case podItself
      /// No policy speaks of addresses of the family of one end.
      case familyUnspokenOf
      case notIsolated
      /// What decided, in the order of evaluation.
      case rules([TraceStep])
      /// A name may stand for addresses that are allowed and for others that are not.
      case dependsOnAddress(denied: Reason, allowed: Reason)
      /// Some of the pods behind a Service may be reached, and others not.
      case dependsOnBackend(denied: Reason, allowed: Reason)
      /// A Service does not answer on the port.
      case noSuchPort(service: Subject)
    }

    /// What the input lacks.
    package struct Missing: Sendable, Hashable {
      /// A rule of a policy, by its place there.
      package struct Rule: Sendable, Hashable {
        package let policy: Subject
        /// Empty for the policy as a whole.
        package let path: String
      }

      /// The rule that may or may not match for it; nil where it is no rule's.
      package let rule: Rule?
      package let facts: [MissingFact]
    }

    package let verdict: Verdict
    /// What the rules say as they are written, for those who want yes or no.
    package let allowed: Bool
    package let because: Reason
    /// What the connection has to carry, where that matters and the question does not say.
    package let condition: Condition
    /// Empty unless the verdict is unknown.
    package let missing: [Missing]
    /// What rules say of the connection, egress first, in the order of evaluation.
    package let trace: [TraceStep]

    init(
      verdict: Verdict, allowed: Bool, because: Reason, condition: Condition, missing: [Missing] = [],
      trace: [TraceStep] = []
    ) {
      self.verdict = verdict
      self.allowed = allowed
      self.because = because
      self.condition = condition
      self.missing = missing
      self.trace = trace
    }

    init(allowed: Bool, because: Reason) {
      self.init(
        verdict: allowed ? .allowed : .denied, allowed: allowed, because: because,
        condition: allowed ? .always : .never)
    }
  }

  package func answer(
    _ source: End, _ destination: End, _ transport: ConnectionSet.TransportProtocol, _ port: UInt16
  ) -> Answer { answer(source, destination, ReachQuestion(transport, port)) }

  package func answer(_ source: End, _ destination: End, _ question: ReachQuestion) -> Answer {
    if source == destination, case .endpoint = source { return Answer(allowed: true, because: .podItself) }
    return decide(source, destination, question).resting(on: notSeen)
  }

  /// As far as the input tells.
  private func decide(_ source: End, _ destination: End, _ question: ReachQuestion) -> Answer {
    // Whoever asks for a name by TLS asks for that one.
    if question.request.serverName == nil, let asked = Self.askedName(destination) {
      var request = question.request
      request.serverName = asked
      return decide(source, destination, ReachQuestion(question.transport, question.port, request))
    }
    if case .unknownName(let name) = destination { return answer(source, name, question) }
    if case .service(let namespace, let name) = destination, let service = cluster.services.find(namespace, name) {
      return answer(source, service, question)
    }
    if case .service(let namespace, let name) = source, let service = cluster.services.find(namespace, name) {
      // Connections come from the pods behind it.
      return combine(service, service.endpoints.map { answer(.endpoint($0), destination, question) })
    }
    if case .workload(let workload, let pods) = source {
      return combine(workload, pods.map { answer(.endpoint($0), destination, question) })
    }
    if case .workload(let workload, let pods) = destination {
      return combine(workload, pods.map { answer(source, .endpoint($0), question) })
    }
    guard let from = peer(source), let to = peer(destination) else {
      return Answer(allowed: true, because: .familyUnspokenOf)
    }
    let egress = trace(from, .egress, to, question)
    var ingress = trace(to, .ingress, from, question)
    let neighbours = areNeighbours(source, destination)
    if neighbours == true, question.isMet(by: ingress.ports) == false {
      // The node itself reaches its pods, whatever their policies say.
      ingress = (.all, [])
    }
    let steps = egress.steps + ingress.steps
    var condition = question.condition(of: egress.ports.intersection(ingress.ports))
    var met = condition.holds(for: question.request)
    // Without a word on what it carries, a connection that some request may use is open.
    let allowed = met ?? true
    func isOpen(_ assumption: Assumption) -> Bool {
      question.isMet(by: ports(from, .egress, to, assuming: assumption)) != false
        && (neighbours == true || question.isMet(by: ports(to, .ingress, from, assuming: assumption)) != false)
    }
    var missing = missingFacts(from, .egress, to)
    for one in missingFacts(to, .ingress, from) where !missing.contains(one) { missing.append(one) }
    var isUnknown = !missing.isEmpty && Set(Assumption.extremes.map(isOpen)).count > 1
    if !isUnknown, !missing.isEmpty, met == true, neighbours == false {
      // Part of what it may carry is certain, and of the rest it is not known.
      let strict = Assumption(peers: .strictest, enforced: true)
      let certain = question.condition(
        of: ports(from, .egress, to, assuming: strict).intersection(ports(to, .ingress, from, assuming: strict)))
      if certain.holds(for: question.request) == nil {
        condition = certain
        met = nil
      }
    }
    if !isUnknown { missing = [] }
    if neighbours == nil, !allowed, question.isMet(by: egress.ports) != false {
      isUnknown = true
      missing.append(.init(rule: nil, facts: [.nodesOfBothPods]))
    }
    for fact in networkFacts(source, destination, allowed) {
      isUnknown = true
      missing.append(.init(rule: nil, facts: [fact]))
    }
    if question.transport == nil, !allowed, !profile.deniesPortless,
      steps.filter({ $0.isDecisive && !$0.allows }).allSatisfy({
        $0.isIsolation && $0.policy.groupKind == .networkPolicy
      })
    {
      isUnknown = true
      missing.append(.init(rule: nil, facts: [.pluginOnICMP]))
    }
    return Answer(
      verdict: isUnknown ? .unknown : allowed ? .allowed : .denied, allowed: allowed,
      because: reason(allowed, steps), condition: met == nil ? condition : allowed ? .always : .never,
      missing: missing, trace: steps)
  }

  /// What networks beside the cluster's own may change: one that both are attached to lets pass what policies deny, and a
  /// namespace's own keeps apart what they allow.
  private func networkFacts(_ source: End, _ destination: End, _ allowed: Bool) -> [MissingFact] {
    guard case .endpoint(let a) = source, case .endpoint(let b) = destination else { return [] }
    let from = cluster[a]
    let to = cluster[b]
    if !allowed {
      return from.networks.first(where: to.networks.contains).map { [.secondaryNetwork(name: $0)] } ?? []
    }
    guard from.namespace != to.namespace, !cluster.isolatedNamespaces.isEmpty, !from.hostNetwork, !to.hostNetwork
    else { return [] }
    let own = [from.namespace, to.namespace].filter(cluster.isolatedNamespaces.contains)
    return own.isEmpty ? [] : [.primaryNetwork(namespaces: own)]
  }

  private static func askedName(_ end: End) -> String? {
    switch end {
    case .name(_, let asked): asked
    case .unknownName(let name): name
    case .endpoint, .workload, .service, .address: nil
    }
  }

  /// Whether a pod on its node's network and a pod that policies select are on one node; nil where that is not known, and
  /// false where it does not matter.
  private func areNeighbours(_ source: End, _ destination: End) -> Bool? {
    guard case .endpoint(let a) = source, case .endpoint(let b) = destination, !profile.hostNetworkPodsAreSelected
    else {
      return false
    }
    let from = cluster[a]
    let to = cluster[b]
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
      return allowed ?? denied ?? Answer(allowed: true, because: .notIsolated)
    }
    return Answer(
      verdict: .unknown, allowed: false, because: .dependsOnAddress(denied: denied.because, allowed: allowed.because),
      condition: allowed.condition,
      missing: [.init(rule: nil, facts: [.addressesBehind(name: name)])], trace: denied.trace)
  }

  private func peer(_ end: End) -> PeerID? {
    switch end {
    case .endpoint(let id): PeerID(cluster[id].podClass)
    case .address(let address): cluster.peer(of: address)
    case .name(let index, _): cluster.peer(ofName: index)
    case .unknownName, .service, .workload: nil
    }
  }

  private func reason(_ allowed: Bool, _ steps: [TraceStep]) -> Answer.Reason {
    let deciding = steps.filter(\.isDecisive)
    if deciding.isEmpty { return .notIsolated }
    if allowed {
      let allows = deciding.filter(\.allows)
      return .rules(allows.isEmpty ? deciding : allows)
    }
    return .rules(deciding.filter { !$0.allows })
  }
}

extension ReachModel.Answer.Reason {
  package var text: String {
    switch self {
    case .podItself: "a pod can always reach itself"
    case .familyUnspokenOf: "no policy mentions addresses of this family"
    case .notIsolated: "no policy isolates either end"
    case .rules(let steps): steps.map(\.text).joined(separator: "; ")
    case .dependsOnAddress(let denied, let allowed):
      "for some addresses: \(denied.text); for others: \(allowed.text)"
    case .dependsOnBackend(let denied, let allowed):
      "for some pods behind it: \(denied.text); for others: \(allowed.text)"
    case .noSuchPort(let service): "\(service.workloadText) does not listen on it"
    }
  }
}

extension ReachModel.Answer {
  package var reason: String { because.text }
}

extension ReachModel.Answer.Missing {
  package var text: String {
    let facts = facts.map(\.text).joined(separator: "; ")
    guard let rule else { return facts }
    return "\(rule.policy.kind) \(rule.policy.name)\(rule.path.isEmpty ? "" : " " + rule.path): \(facts)"
  }
}
