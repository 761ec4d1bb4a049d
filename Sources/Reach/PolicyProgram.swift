import Bytes
import Findings
import Kube

/// What all dialects compile into: stages of policies with ordered rules.
///
/// For an endpoint, a direction and a peer, stages are gone through in order. Within a stage the rules of the policies
/// that select the endpoint decide, first match first: allow and deny are final, pass hands the traffic to the next stage.
/// What no rule of the stage decided is denied when one of those policies isolates, and goes to the next stage otherwise.
/// What is left after the last stage is allowed.
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

  struct Peers: Sendable {
    /// Units of pods and of external addresses.
    var units: Bitset
    /// Names that only a resolver can turn into addresses.
    var names: [String] = []
  }

  struct Ports: Sendable {
    /// Ports that are the same for every destination.
    var fixed: PortSet
    /// Ports that each destination pod resolves, with the protocol they are asked for; nil for any.
    var named: [(name: String, transport: PortSet.TransportProtocol?)] = []

    static let all = Ports(fixed: .all)
  }

  struct Rule: Sendable {
    let action: Action
    let peers: Peers
    let ports: Ports
    /// Place in the policy, such as `ingress[0]`.
    let path: String
    let node: Bytes.Node
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
    /// In the order of evaluation.
    var policies: [Policy]
  }

  var stages: [Stage] = []
}
