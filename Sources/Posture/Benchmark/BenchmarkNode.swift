import Bytes
package import Kube

/// A node as checks see it: which flag or field counts, by the rules of each component, and where it was read.
package struct BenchmarkNode: Sendable {
  package let record: NodeRecord
  package let layout: NodeLayout
  /// As the record says, but for a control plane that was seen on the node: then no provider runs it.
  package let distribution: NodeDistribution
  /// The command lines of each component, the most reliable first: many checks ask for them.
  private var arguments: [NodeComponent: [NodeFact<ComponentArguments>]]
  private let held: [NodeComponent: Bool]

  package init(_ record: NodeRecord) {
    self.record = record
    distribution = record.distribution.isManaged && record.holdsControlPlane ? .unknown : record.distribution
    layout = NodeLayout.layout(of: distribution)
    arguments = [:]
    var held: [NodeComponent: Bool] = [:]
    for component in NodeComponent.allCases {
      arguments[component] = record.effectiveArguments(of: component)
      held[component] = record.holds(component)
    }
    self.held = held
  }

  /// Why a check of a component is not judged on this node; nil where the component is there.
  func exemption(_ component: NodeComponent) -> BenchmarkVerdict? {
    if component.isControlPlane, distribution.isManaged {
      return BenchmarkVerdict(.notApplicable(.provider(distribution)))
    }
    switch held[component] {
    case true?: return nil
    case false?: return BenchmarkVerdict(.notApplicable(.notOnNode(component)))
    case nil:
      if component == .kubelet, record.kubelet.unreadReason == .refused {
        return BenchmarkVerdict(.notEvaluated(.unread(.refused)))
      }
      let reason = (arguments[component] ?? []).lazy.compactMap(\.unreadReason).first ?? .notCollected
      return BenchmarkVerdict(.notEvaluated(.unread(reason)))
    }
  }

  /// The command lines that were read, the most reliable first.
  func commands(_ component: NodeComponent) -> [(arguments: ComponentArguments, source: NodeSource)] {
    (arguments[component] ?? []).compactMap { fact in
      if case .read(let arguments, let source) = fact { (arguments, source) } else { nil }
    }
  }

  /// Judges by each source of a component's command line by itself. The most reliable decides; where that passes and another
  /// fails, sources contradict each other, unless both are of one kind: then there are two of the component, and the worse counts.
  func comparing(_ component: NodeComponent, _ judge: (BenchmarkNode) -> BenchmarkVerdict) -> BenchmarkVerdict {
    let facts = (arguments[component] ?? []).filter { $0.value != nil }
    guard facts.count > 1 else { return judge(self) }
    var decided: (verdict: BenchmarkVerdict, source: NodeSource?)?
    for fact in facts {
      var view = self
      view.arguments[component] = [fact]
      let own = judge(view)
      guard let first = decided else {
        decided = (own, fact.source)
        continue
      }
      let isTwin = first.source.flatMap { a in fact.source.map { a.isOfKind($0) } } ?? false
      if isTwin {
        // One that fails fails, and what could not be judged of one is not judged of both.
        var worse = own.status.rank < first.verdict.status.rank ? own : first.verdict
        if own.status.rank < 2 || first.verdict.status.rank < 2 {
          worse.evidence = Self.joined(first.verdict.evidence, own.evidence)
        }
        decided?.verdict = worse
        continue
      }
      let (passes, fails) = (
        [.pass, .warn(.judgement), .warn(.contradiction)].contains(first.verdict.status), own.status == .fail
      )
      if passes, fails {
        let evidence = Self.joined(first.verdict.evidence, own.evidence)
        decided?.verdict = BenchmarkVerdict(
          .warn(.contradiction), evidence, remedy: own.remedy ?? first.verdict.remedy)
      } else if first.verdict.status == .fail, own.status != .fail {
        // What says otherwise is told beside it.
        decided?.verdict.evidence = Self.joined(first.verdict.evidence, own.evidence)
      }
    }
    return decided?.verdict ?? judge(self)
  }

  private static func joined(_ a: [BenchmarkEvidence], _ b: [BenchmarkEvidence]) -> [BenchmarkEvidence] {
    a + b.filter { !a.contains($0) }
  }

  /// Judges a component's command lines: the most reliable source decides; where it passes and another does not, sources
  /// contradict each other.
  func judge(
    _ component: NodeComponent, remedy: BenchmarkRemedy?,
    _ judge: (ComponentArguments, NodeSource) -> (isGood: Bool, evidence: [BenchmarkEvidence])
  ) -> BenchmarkVerdict {
    if let verdict = exemption(component) { return verdict }
    return comparing(component) { view in
      guard let (arguments, source) = view.commands(component).first else {
        return BenchmarkVerdict(.notEvaluated(.unread(.notCollected)))
      }
      let (isGood, evidence) = judge(arguments, source)
      return BenchmarkVerdict(isGood ? .pass : .fail, evidence, remedy: isGood ? nil : remedy)
    }
  }

  /// The file by which a component is started, as far as it was seen: of its static pod, or of its arguments; nil where the
  /// component runs without.
  func startFile(_ component: NodeComponent) -> String? {
    let seen = (record.components[component] ?? []).lazy.compactMap { fact in
      fact.isAbsent ? nil : fact.source?.filePath
    }.first
    if let seen { return seen }
    guard let usual = layout.manifests[component] ?? layout.argumentFiles[component] else { return nil }
    return record.file(usual).isAbsent ? nil : usual
  }

  /// The value of a configuration file that a flag names.
  func document(_ path: String) -> NodeFact<DocumentNode> { record.configuration(path) }
}
