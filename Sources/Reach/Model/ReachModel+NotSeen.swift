package import Kube

extension ReachModel {
  /// Of policies, namespaces and pods, what the source did not hand out: every answer about connections may be another with it.
  /// For files that could not be read, NetworkPolicies stand for all.
  package static func notSeen(in snapshot: ClusterSnapshot) -> [NotSeen] {
    let kinds = PolicyDialects.policyKinds + [.namespace, .pod]
    let refused = kinds.compactMap { kind in snapshot.refusal(of: kind).map { NotSeen(kind, reason: $0) } }
    return refused.isEmpty ? snapshot.notSeen([.networkPolicy]) : Set(refused).sorted()
  }
}

extension ReachModel.Answer {
  /// The same where something that it rests on was not seen.
  func resting(on notSeen: [NotSeen]) -> Self {
    guard !notSeen.isEmpty else { return self }
    // An answer that is made of others says it once.
    let added = Missing(rule: nil, facts: notSeen.map(MissingFact.unseen))
    return Self(
      verdict: .unknown, allowed: allowed, because: because, condition: condition,
      missing: missing.contains(added) ? missing : missing + [added], trace: trace)
  }
}
