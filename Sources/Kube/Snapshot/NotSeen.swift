import Findings

/// Objects of one kind that a source did not hand out, or not all of them: whatever rests on their absence is not known.
package struct NotSeen: Sendable, Hashable, Comparable {
  package let kind: GroupKind
  /// Why, in a sentence without a full stop.
  package let reason: String

  package init(_ kind: GroupKind, reason: String) {
    self.kind = kind
    self.reason = reason
  }

  package static func < (a: NotSeen, b: NotSeen) -> Bool { (a.kind, a.reason) < (b.kind, b.reason) }
}

extension ClusterSnapshot {
  /// All kinds that were not listed, or not whole, with the reasons.
  package var notListed: [NotSeen] { refused.map { NotSeen($0.key, reason: $0.value) }.sorted() }

  /// Which of these kinds were not seen whole.
  package func notSeen(_ kinds: [GroupKind]) -> [NotSeen] {
    kinds.compactMap { kind in blindness(for: kind).map { NotSeen(kind, reason: $0) } }
  }

  /// The same of many kinds, any of which may change an answer: what could not be read is told once, of the first.
  package func notSeen(anyOf kinds: [GroupKind]) -> [NotSeen] {
    let refused = kinds.compactMap { kind in refusal(of: kind).map { NotSeen(kind, reason: $0) } }
    return refused.isEmpty ? notSeen(Array(kinds.prefix(1))) : Set(refused).sorted()
  }

  /// Which of the kinds that make pods were not seen whole. Where there is nothing of them at all, an answer on all of them would
  /// be one on nothing.
  ///
  /// - Parameter others: kinds that the answer rests on, too.
  package func notSeenOfWorkloads(and others: [GroupKind] = []) -> [NotSeen] {
    let known = notSeen(anyOf: [.pod] + PodTemplateCatalogue.kinds + others)
    guard known.isEmpty, workloads.isEmpty else { return known }
    return [NotSeen(.pod, reason: "the input holds no pods and no workloads, so nothing was checked")]
  }

  /// The same with objects that name no namespace in the one that they are applied to, as `kubectl --namespace` does.
  package func inNamespace(_ namespace: String) -> ClusterSnapshot {
    // Those that were left out when it was read are left out already.
    var builder = Builder(keepsSchemas: true)
    builder.serverMinor = serverMinor
    for object in objects { builder.add(object.inNamespace(namespace)) }
    for problem in problems { builder.add(problem) }
    for (kind, reason) in refused { builder.refuse(kind, reason: reason) }
    for kind in skipped { builder.skip(kind) }
    return builder.build()
  }
}
