package import Findings
package import Kube

/// A known way from inside a pod to the machine that it runs on.
///
/// This is the one answer to "does a break-in to this pod become one to its node?": the scan weighs by it, the graph of
/// escalation steps over it, and the dossier of a component lists it. A new way is a file beside this one and a line in
/// `NodeEscapes.all`.
package struct NodeEscape: Sendable {
  /// What it gives.
  package enum Gain: Int, Sendable, Comparable {
    /// Credentials that lie on the node: tokens of its pods, keys of its kubelet or of people.
    case credentials
    /// The node itself, as root.
    case node

    package static func < (a: Gain, b: Gain) -> Bool { a.rawValue < b.rawValue }
  }

  /// A pod that has the way open.
  package struct Match: Sendable {
    package let escape: NodeEscape
    /// A clause about the pod, such as `container "agent" is privileged`.
    package let text: String
    package let evidence: Evidence
  }

  /// What a way is open by: the clause for people, and its proof.
  typealias Opening = (text: String, evidence: Evidence)

  /// Stable, in kebab case.
  package let id: String
  /// A few words, as a heading.
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
