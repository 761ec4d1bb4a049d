package import Kube

/// A language of network policy: which objects it is written in, by what it tells pods and addresses apart, and what it says.
///
/// A dialect is one file in `Dialects` and one line in `PolicyDialects.all`; see `docs/how-to/add-a-policy-dialect.md`.
package protocol PolicyDialect: Sendable {
  /// Kinds of objects that allow or deny by themselves.
  static var policyKinds: [GroupKind] { get }

  /// Kinds of objects that its policies refer to, or that order them.
  static var otherKinds: [GroupKind] { get }

  /// By which fields its objects tell pods and addresses apart.
  static var vocabulary: PolicyVocabulary { get }

  /// Whether a snapshot holds anything that it is about.
  static func isPresent(in snapshot: ClusterSnapshot) -> Bool

  /// Adds by what its objects tell pods and addresses apart, where the vocabulary alone does not say it. Not called where it
  /// is not present.
  static func gather(_ snapshot: ClusterSnapshot, _ profile: ReachProfile, into relevance: inout Relevance)

  /// What its objects say. A policy that the API server would refuse, or that is not understood, is reported and left out.
  static func compile(_ compiler: inout PolicyCompiler) -> [PolicyProgram.Stage]

  /// Whether a network plugin acts by policies of a kind.
  static func enforcement(of kind: GroupKind, by plugin: NetworkPlugin) -> Enforcement

  /// Selectors by which its policies name peers, where they say something of pods that do not exist yet.
  static func peerSelectors(_ snapshot: ClusterSnapshot) -> [PotentialExposure.Peer]

  /// Policies of a stage that holds some of its own, whose order nobody decided on though it matters.
  static func ties(in stage: PolicyProgram.Stage) -> [PolicyRemark]

  /// What is odd about its policies beyond what is looked at in all dialects.
  static func lint(_ policies: [PolicyProgram.Policy]) -> [PolicyRemark]
}

extension PolicyDialect {
  package static var otherKinds: [GroupKind] { [] }

  package static func gather(_ snapshot: ClusterSnapshot, _ profile: ReachProfile, into relevance: inout Relevance) {}

  package static func peerSelectors(_ snapshot: ClusterSnapshot) -> [PotentialExposure.Peer] { [] }

  package static func ties(in stage: PolicyProgram.Stage) -> [PolicyRemark] { [] }

  package static func lint(_ policies: [PolicyProgram.Policy]) -> [PolicyRemark] { [] }

  /// Everything that it is written in.
  package static var kinds: [GroupKind] { policyKinds + otherKinds }

  package static func isPresent(in snapshot: ClusterSnapshot) -> Bool {
    kinds.contains { !snapshot.objects($0).isEmpty }
  }
}
