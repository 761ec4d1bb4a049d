import Bytes
package import Kube

/// A node as checks see it: which flag or field counts, by the rules of each component, and where it was read.
package struct BenchmarkNode: Sendable {
  package let record: NodeRecord
  package let layout: NodeLayout

  package init(_ record: NodeRecord) {
    self.record = record
    layout = NodeLayout.layout(of: record.distribution)
  }

  package var distribution: NodeDistribution { record.distribution }

  /// Why a check of a component is not judged on this node; nil where the component is there.
  func exemption(_ component: NodeComponent) -> BenchmarkVerdict? {
    if component.isControlPlane, distribution.isManaged {
      return BenchmarkVerdict(.notApplicable(.provider(distribution)))
    }
    switch record.holds(component) {
    case true?: return nil
    case false?: return BenchmarkVerdict(.notApplicable(.notOnNode(component)))
    case nil:
      let reason = record.effectiveArguments(of: component).lazy.compactMap(\.unreadReason).first ?? .notCollected
      return BenchmarkVerdict(.notEvaluated(.unread(reason)))
    }
  }

  /// The command lines that were read, the most reliable first.
  func commands(_ component: NodeComponent) -> [(arguments: ComponentArguments, source: NodeSource)] {
    record.effectiveArguments(of: component).compactMap { fact in
      if case .read(let arguments, let source) = fact { (arguments, source) } else { nil }
    }
  }

  /// Judges a component's command lines: the most reliable source decides; where it passes and another does not, sources
  /// contradict each other.
  func judge(
    _ component: NodeComponent, remedy: BenchmarkRemedy?,
    _ judge: (ComponentArguments, NodeSource) -> (isGood: Bool, evidence: [BenchmarkEvidence])
  ) -> BenchmarkVerdict {
    if let verdict = exemption(component) { return verdict }
    var first: (isGood: Bool, evidence: [BenchmarkEvidence])?
    for (arguments, source) in commands(component) {
      let own = judge(arguments, source)
      guard let decided = first else {
        first = own
        continue
      }
      if own.isGood != decided.isGood {
        let evidence = decided.evidence + own.evidence
        return decided.isGood
          ? BenchmarkVerdict(.warn(.contradiction), evidence, remedy: remedy)
          : BenchmarkVerdict(.fail, evidence, remedy: remedy)
      }
    }
    guard let first else { return BenchmarkVerdict(.notEvaluated(.unread(.notCollected))) }
    return first.isGood
      ? BenchmarkVerdict(.pass, first.evidence) : BenchmarkVerdict(.fail, first.evidence, remedy: remedy)
  }

  /// The value of a configuration file that a flag names.
  func document(_ path: String) -> NodeFact<DocumentNode> { record.configuration(path) }
}
