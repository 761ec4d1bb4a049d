import Bytes
import Findings
import Kube

/// What all dialects compile into: stages of policies with ordered rules.
///
/// For an endpoint, a direction and a peer, stages are gone through in order. Within a stage the rules of the policies
/// that select the endpoint decide, first match first: allow and deny are final, pass hands the traffic to the next stage.
/// What no rule of the stage decided is denied when one of those policies isolates, and goes to the next stage otherwise.
/// What is left after the last stage of a layer is allowed by that layer, and what all layers allow is allowed.
struct PolicyProgram: Sendable {
  enum Action: Sendable {
    case allow
    case deny
    case pass
  }

  enum Direction: Int, Sendable {
    case ingress
    case egress
  }

  /// Who asks and answers beside each other: the packet filters of the network, and the proxies of a mesh.
  enum Layer: Int, Sendable, CaseIterable {
    case network
    case mesh
  }

  struct Peers: Sendable {
    /// Units of pods, hosts, external addresses and names that match.
    var units: Bitset
    /// Units of which the input does not tell whether they match, and what it lacks.
    var maybe: Bitset?
    var missing: String?

    mutating func addMaybe(_ found: Bitset, _ reason: String) {
      guard !found.isEmpty else { return }
      if maybe == nil {
        maybe = found
        missing = reason
      } else {
        maybe?.formUnion(found)
        if let known = missing, !known.contains(reason) { missing = known + "; " + reason }
      }
    }
  }

  struct Ports: Sendable {
    /// Ports that are the same for every destination.
    var fixed: ConnectionSet
    /// Ports that each destination pod resolves, with the protocol they are asked for (nil for any) and what a connection
    /// on them has to carry.
    var named: [(name: String, transport: ConnectionSet.TransportProtocol?, condition: Condition)] = []

    static let all = Ports(fixed: .all)

    /// Asks more of what a connection carries.
    mutating func refine(by condition: Condition) {
      fixed = fixed.refined(by: condition)
      for index in named.indices { named[index].condition = named[index].condition.intersection(condition) }
    }

    /// These ports without those that others leave out.
    func restricting(_ others: Ports) -> Ports { Ports(fixed: fixed.intersection(others.fixed)) }
  }

  struct Rule: Sendable {
    let action: Action
    let peers: Peers
    let ports: Ports
    /// Place in the policy, such as `ingress[0]`.
    let path: String
    let node: Bytes.DocumentNode
    /// Units of the policy's pods that the rule is for; nil for all of them.
    var near: Bitset?
  }

  struct Policy: Sendable {
    let object: KubeObject
    /// Units of pods that it selects.
    let subjects: Bitset
    /// By direction; nil where the policy has nothing to say.
    let rules: [[Rule]?]
    /// Whether traffic that no rule decides is denied, by direction.
    let isolates: [Bool]

    init(object: KubeObject, subjects: Bitset, ingress: [Rule]?, egress: [Rule]?, isolates: Bool) {
      self.init(object: object, subjects: subjects, ingress: ingress, egress: egress, isolates: [isolates, isolates])
    }

    init(object: KubeObject, subjects: Bitset, ingress: [Rule]?, egress: [Rule]?, isolates: [Bool]) {
      self.object = object
      self.subjects = subjects
      rules = [ingress, egress]
      self.isolates = isolates
    }
  }

  struct Stage: Sendable {
    let name: String
    var layer = Layer.network
    /// In the order of evaluation.
    var policies: [Policy]
  }

  var stages: [Stage] = []
}
