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
  package struct Peers: Sendable {
    /// Pods, hosts, external addresses and names that match.
    package var matched: PeerSet
    /// Those of which the input does not tell whether they match.
    package private(set) var uncertain: PeerSet?
    /// What it lacks to tell.
    package private(set) var missing: [MissingFact] = []

    package init(_ matched: PeerSet) { self.matched = matched }

    package mutating func add(uncertain found: PeerSet, _ fact: MissingFact) {
      guard !found.isEmpty else { return }
      if uncertain?.formUnion(found) == nil { uncertain = found }
      if !missing.contains(fact) { missing.append(fact) }
    }

    package mutating func formIntersection(_ peers: PeerSet) {
      matched.formIntersection(peers)
      uncertain?.formIntersection(peers)
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
    package let peers: Peers
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

  /// What an object says of the pods that it selects; one object may be several policies.
  package struct Policy: Sendable {
    package let object: KubeObject
    /// Pods and hosts that it selects.
    package let subjects: PeerSet
    /// Nil where the policy has nothing to say.
    package let rules: PerDirection<[Rule]?>
    /// Whether traffic that no rule decides is denied.
    package let isolates: PerDirection<Bool>
    /// Its place in its stage: the lower goes first. That of NetworkPolicies among Calico's unless somebody says otherwise.
    package let order: Double
    /// Decides between equal orders, in stages that ask for it.
    package let orderName: String

    package init(
      object: KubeObject, subjects: PeerSet, ingress: [Rule]?, egress: [Rule]?, isolates: PerDirection<Bool>,
      order: Double = 1000, orderName: String = ""
    ) {
      self.object = object
      self.subjects = subjects
      rules = PerDirection(ingress: ingress, egress: egress)
      self.isolates = isolates
      self.order = order
      self.orderName = orderName
    }

    package init(
      object: KubeObject, subjects: PeerSet, ingress: [Rule]?, egress: [Rule]?, isolates: Bool, order: Double = 1000,
      orderName: String = ""
    ) {
      self.init(
        object: object, subjects: subjects, ingress: ingress, egress: egress, isolates: PerDirection(both: isolates),
        order: order, orderName: orderName)
    }

    var withoutIsolation: Policy {
      Policy(
        object: object, subjects: subjects, ingress: rules.ingress, egress: rules.egress, isolates: false,
        order: order, orderName: orderName)
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
