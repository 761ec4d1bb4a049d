package import Findings
package import Kube

/// A known way to break out of a pod to its node.
///
/// This is the single definition of "compromising this pod compromises its node": the risk context, the escalation
/// graph and the component review all use it. A new one is a file beside this one and a line in `NodeEscapes.all`.
package struct NodeEscape: Sendable {
  /// What an attacker gains.
  package enum Gain: Int, Sendable, Comparable {
    /// Credentials on the node: tokens of its pods, keys of its kubelet or of users.
    case credentials
    /// Root on the node itself.
    case node

    package static func < (a: Gain, b: Gain) -> Bool { a.rawValue < b.rawValue }
  }

  /// A pod that allows the escape.
  package struct Match: Sendable {
    package let escape: NodeEscape
    /// A clause about the pod, such as `container "agent" is privileged`.
    package let text: String
    package let evidence: Evidence
  }

  /// What makes the escape possible: a clause for people, with its evidence.
  typealias Opening = (text: String, evidence: Evidence)

  /// Stable, in kebab case.
  package let id: String
  /// A short heading.
  package let title: String
  package let gain: Gain
  /// The technique of MITRE ATT&CK for containers.
  package let attack: Control
  package let references: [Reference]
  private let find: @Sendable (PodTemplate) -> [Opening]

  init(
    id: String, title: String, gain: Gain, attack: Control, references: [Reference] = [],
    find: @escaping @Sendable (PodTemplate) -> [Opening]
  ) {
    self.id = id
    self.title = title
    self.gain = gain
    self.attack = attack
    self.references = references
    self.find = find
  }

  package func matches(_ template: PodTemplate) -> [Match] {
    find(template).map { Match(escape: self, text: $0.text, evidence: $0.evidence) }
  }
}
