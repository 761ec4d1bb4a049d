package import Bytes
import Findings
package import Kube

/// What all dialects compile into: stages of policies with ordered rules.
///
/// For a pod, a direction and a peer, stages are gone through in order. Within a stage the rules of the policies that select
/// the pod decide, first match first: allow and deny are final, pass hands the traffic to the next stage. What no rule of
/// the stage decided is denied when one of those policies isolates, and goes to the next stage otherwise. What is left after
/// the last stage of a layer is allowed by that layer, and what all layers allow is allowed.
package struct PolicyProgram: Sendable {
  /// What a rule does with what it matches.
  package enum Action: Sendable {
    case allow
    case deny
    case pass
  }

  /// Who asks and answers beside each other: the packet filters of the network, and the proxies of a mesh.
  package enum Layer: Int, Sendable, CaseIterable {
    case network
    case mesh
  }

  /// Where a stage stands among the others.
  package struct Place: Sendable, Hashable {
    package let layer: Layer
    /// The lower goes first; in the network layer the order of Calico's tiers, among which it places the policies of the API.
    package let order: Double
    /// Stages of one layer and name are one stage.
    package let name: String

    package init(layer: Layer = .network, order: Double, name: String) {
      self.layer = layer
      self.order = order
      self.name = name
    }

    /// Of AdminNetworkPolicies, and of ClusterNetworkPolicies of the tier Admin.
    package static let admin = Place(order: 1000, name: "kube-admin")
    /// Of NetworkPolicies.
    package static let networkPolicies = Place(order: 1_000_000, name: "default")
    package static let baseline = Place(order: 10_000_000, name: "kube-baseline")
  }

  /// Who may be at the other end for a rule to match.
  ///
  /// What the input does not tell is kept on both sides: peers that may match though they do not as the rule is written
  /// (`uncertain`), and peers that match as it is written and may not (`doubted`).
  package struct Peers: Sendable {
    /// Pods, hosts, external addresses and names that match as the rule is written.
    package var matched: PeerSet
    /// Those that may match as well. What is in `matched` too is certain.
    package private(set) var uncertain: PeerSet?
    /// Those of the matched of which the input does not tell whether they do.
    package private(set) var doubted: PeerSet?
    /// What it lacks to tell.
    package private(set) var missing: [MissingFact] = []

    package init(_ matched: PeerSet) { self.matched = matched }

    package mutating func add(uncertain found: PeerSet, _ fact: MissingFact) {
      guard !found.isEmpty else { return }
      if uncertain?.formUnion(found) == nil { uncertain = found }
      if !missing.contains(fact) { missing.append(fact) }
    }

    /// Doubts those of the matched that are in a set.
    package mutating func doubt(_ found: PeerSet, _ fact: MissingFact) {
      let found = found.intersection(matched)
      guard !found.isEmpty else { return }
      if doubted?.formUnion(found) == nil { doubted = found }
      if !missing.contains(fact) { missing.append(fact) }
    }

    package mutating func formIntersection(_ peers: PeerSet) {
      matched.formIntersection(peers)
      uncertain?.formIntersection(peers)
      doubted?.formIntersection(peers)
    }

    /// Whoever may match.
    package var possible: PeerSet { uncertain.map(matched.union) ?? matched }

    /// Whoever matches whatever the input does not tell.
    private var certain: PeerSet { doubted.map(matched.subtracting) ?? matched }

    private var isCertain: Bool { uncertain == nil && doubted == nil }

    private init(written: PeerSet, certain: PeerSet, possible: PeerSet, missing: [MissingFact]) {
      matched = written
      let uncertain = possible.subtracting(written)
      let doubted = written.subtracting(certain)
      self.uncertain = uncertain.isEmpty ? nil : uncertain
      self.doubted = doubted.isEmpty ? nil : doubted
      self.missing = isCertain ? [] : missing
    }

    private func facts(_ other: Peers) -> [MissingFact] { missing + other.missing.filter { !missing.contains($0) } }

    /// Those of both.
    package func intersection(_ other: Peers) -> Peers {
      if isCertain, other.isCertain { return Peers(matched.intersection(other.matched)) }
      return Peers(
        written: matched.intersection(other.matched), certain: certain.intersection(other.certain),
        possible: possible.intersection(other.possible), missing: facts(other))
    }

    /// Those of either.
    package func union(_ other: Peers) -> Peers {
      if isCertain, other.isCertain { return Peers(matched.union(other.matched)) }
      return Peers(
        written: matched.union(other.matched), certain: certain.union(other.certain),
        possible: possible.union(other.possible), missing: facts(other))
    }

    /// All others.
    package var inverted: Peers {
      func others(_ set: PeerSet) -> PeerSet { set.everything.subtracting(set) }
      return Peers(written: others(matched), certain: others(possible), possible: others(certain), missing: missing)
    }

    /// Whether the input does not tell of a peer whether it matches.
    func isOpen(_ peer: PeerID) -> Bool {
      doubted?.contains(peer) == true || uncertain?.contains(peer) == true && !matched.contains(peer)
    }
  }

  /// On which ports of the destination, and with what in it, a connection is matched.
  package struct Ports: Sendable {
    /// Ports of a name, whatever their number.
    package struct Named: Sendable {
      package let name: String
      /// Nil for any.
      package let transport: ConnectionSet.TransportProtocol?
      /// What a connection on them has to carry.
      package var condition: Condition

      package init(name: String, transport: ConnectionSet.TransportProtocol?, condition: Condition = .always) {
        self.name = name
        self.transport = transport
        self.condition = condition
      }
    }

    /// Ports that are the same for every destination.
    package var fixed: ConnectionSet
    /// Ports that each destination pod resolves.
    package var named: [Named] = []

    package init(fixed: ConnectionSet) { self.fixed = fixed }

    package static let all = Ports(fixed: .all)

    /// Asks more of what a connection carries.
    package mutating func refine(by condition: Condition) {
      fixed = fixed.refined(by: condition)
      for index in named.indices { named[index].condition = named[index].condition.intersection(condition) }
    }

    /// These ports without those that others leave out.
    package func restricting(_ others: Ports) -> Ports { Ports(fixed: fixed.intersection(others.fixed)) }
  }

  /// What is done with connections with some peers on some ports.
  package struct Rule: Sendable {
    package let action: Action
    package internal(set) var peers: Peers
    package let ports: Ports
    /// Place in the policy, such as `ingress[0]`; empty where the policy does not say it as a rule.
    package let path: String
    package let node: DocumentNode
    /// Pods of the policy that the rule is for; nil for all of them.
    package let near: PeerSet?

    package init(
      action: Action, peers: Peers, ports: Ports, path: String, node: DocumentNode, near: PeerSet? = nil
    ) {
      self.action = action
      self.peers = peers
      self.ports = ports
      self.path = path
      self.node = node
      self.near = near
    }
  }

  /// Pods of which the input does not tell whether anybody acts by a policy that selects them.
  package struct Doubt: Sendable {
    package let subjects: PeerSet
    /// What the input lacks to tell.
    package let facts: [MissingFact]

    package init(_ subjects: PeerSet, _ facts: [MissingFact]) {
      self.subjects = subjects
      self.facts = facts
    }
  }

  /// What an object says of the pods that it selects; one object may be several policies.
  package struct Policy: Sendable {
    package let object: KubeObject
    /// Pods and hosts that it selects.
    package let subjects: PeerSet
    /// Nil where the policy has nothing to say.
    package internal(set) var rules: PerDirection<[Rule]?>
    /// Whether traffic that no rule decides is denied.
    package let isolates: PerDirection<Bool>
    /// Its place in its stage: the lower goes first. That of NetworkPolicies among Calico's unless somebody says otherwise.
    package let order: Double
    /// Decides between equal orders, in stages that ask for it.
    package let orderName: String
    /// Nil where it is certain that somebody acts by the policy.
    package internal(set) var doubt: Doubt?

    package init(
      object: KubeObject, subjects: PeerSet, ingress: [Rule]?, egress: [Rule]?, isolates: PerDirection<Bool>,
      order: Double = 1000, orderName: String = "", doubt: Doubt? = nil
    ) {
      self.object = object
      self.subjects = subjects
      rules = PerDirection(ingress: ingress, egress: egress)
      self.isolates = isolates
      self.order = order
      self.orderName = orderName
      self.doubt = doubt
    }

    package init(
      object: KubeObject, subjects: PeerSet, ingress: [Rule]?, egress: [Rule]?, isolates: Bool, order: Double = 1000,
      orderName: String = "", doubt: Doubt? = nil
    ) {
      self.init(
        object: object, subjects: subjects, ingress: ingress, egress: egress, isolates: PerDirection(both: isolates),
        order: order, orderName: orderName, doubt: doubt)
    }

    var withoutIsolation: Policy {
      Policy(
        object: object, subjects: subjects, ingress: rules.ingress, egress: rules.egress, isolates: false,
        order: order, orderName: orderName, doubt: doubt)
    }
  }

  /// Policies that are asked together; see above.
  package struct Stage: Sendable {
    package let place: Place
    /// In the order of evaluation.
    package internal(set) var policies: [Policy]
    /// Policies of equal order go by their names, and not in the order of the input.
    package var breaksTiesByName = false
    /// What its policies do not decide goes to the next stage, though they isolate.
    package var passesByDefault = false

    package init(_ place: Place, _ policies: [Policy], breaksTiesByName: Bool = false, passesByDefault: Bool = false) {
      self.place = place
      self.policies = policies
      self.breaksTiesByName = breaksTiesByName
      self.passesByDefault = passesByDefault
    }
  }

  /// In the order of evaluation.
  package internal(set) var stages: [Stage]

  /// Doubts policies of kinds of which it is not certain that they are enforced.
  mutating func doubt(_ enforcement: [GroupKind: Enforcement]) {
    for stage in stages.indices {
      for place in stages[stage].policies.indices {
        let policy = stages[stage].policies[place]
        if case .unknown(let fact) = enforcement[policy.object.groupKind] {
          stages[stage].policies[place].doubt = Doubt(policy.subjects, [fact])
        }
      }
    }
  }

  /// Doubts what an object says where it has fields that its kind does not know: the API server drops them, unless it is asked
  /// to be strict, and what was meant by them is not known.
  ///
  /// - Parameter strange: by object the paths of such fields within its spec.
  mutating func doubt(_ strange: [PolicyCompiler.ObjectKey: [String]]) {
    guard !strange.isEmpty else { return }
    for stage in stages.indices {
      for place in stages[stage].policies.indices {
        let policy = stages[stage].policies[place]
        for path in strange[PolicyCompiler.ObjectKey(policy.object)] ?? [] {
          let fact = MissingFact.other("what the field \(path) means, which its kind does not have")
          var isOfRule = false
          for direction in TrafficDirection.allCases {
            for index in (policy.rules[direction] ?? []).indices {
              guard let rule = stages[stage].policies[place].rules[direction]?[index], !rule.path.isEmpty,
                path.hasPrefix(rule.path + ".")
              else { continue }
              isOfRule = true
              stages[stage].policies[place].rules[direction]?[index].peers.doubt(rule.peers.matched, fact)
            }
          }
          // Rules stand in lists: what is in one of them is not about the policy as a whole.
          if !isOfRule, !path.prefix(while: { $0 != "." }).hasSuffix("]") {
            let known = policy.doubt?.facts ?? []
            stages[stage].policies[place].doubt = Doubt(policy.subjects, known + [fact])
          }
        }
      }
    }
  }

  /// Puts stages of one place together and everything in order.
  ///
  /// - Parameter parts: what dialects made; of stages of one place the first decides on the order.
  init(_ parts: [Stage]) {
    struct Key: Hashable {
      let layer: Layer
      let name: String
    }
    var merged: [Stage] = []
    var known: [Key: Int] = [:]
    for part in parts {
      let key = Key(layer: part.place.layer, name: part.place.name)
      if let index = known[key] {
        merged[index].policies += part.policies
        merged[index].breaksTiesByName = merged[index].breaksTiesByName || part.breaksTiesByName
        merged[index].passesByDefault = merged[index].passesByDefault || part.passesByDefault
      } else {
        known[key] = merged.count
        merged.append(part)
      }
    }
    stages = merged.filter { !$0.policies.isEmpty }.map { stage in
      let byName = stage.breaksTiesByName
      var sorted = stage
      sorted.policies = stage.policies.enumerated().sorted { a, b in
        (a.element.order, byName ? a.element.orderName : "", a.offset)
          < (b.element.order, byName ? b.element.orderName : "", b.offset)
      }.map { stage.passesByDefault ? $0.element.withoutIsolation : $0.element }
      return sorted
    }.sorted {
      ($0.place.layer.rawValue, $0.place.order, $0.place.name)
        < ($1.place.layer.rawValue, $1.place.order, $1.place.name)
    }
  }
}
