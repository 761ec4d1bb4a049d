package import Kube

extension ReachModel {
  /// Of policies, namespaces and pods, what the source did not hand out: every answer about connections may be another with it.
  /// For files that could not be read, NetworkPolicies stand for all.
  package static func notSeen(in snapshot: ClusterSnapshot) -> [NotSeen] {
    snapshot.notSeen(anyOf: policies)
  }

  /// What every answer about connections rests on.
  private static let policies: [GroupKind] = [.networkPolicy] + PolicyDialects.kinds + [.namespace, .pod]

  /// Of all that an answer about every workload rests on: each that was not seen is missing in it.
  package static func notSeen(ofAllIn snapshot: ClusterSnapshot) -> [NotSeen] {
    // A route brings in its controller as an end of connections.
    snapshot.notSeen(
      anyOf: policies + PodTemplateCatalogue.kinds + [.service] + RouteSources.all.flatMap { $0.kinds })
  }

  /// The same of an answer about what leads in from outside.
  package static func notSeen(ofRoutesIn snapshot: ClusterSnapshot) -> [NotSeen] {
    snapshot.notSeen(anyOf: policies + PodTemplateCatalogue.kinds + ReachInput.kinds)
  }

  /// The same of policies that are made from all that manifests say: Services, settings, permissions and what the API server
  /// calls.
  package static func notSeen(ofNeedsIn snapshot: ClusterSnapshot) -> [NotSeen] {
    snapshot.notSeen(
      anyOf: policies + PodTemplateCatalogue.kinds + ReachInput.kinds + [
        .roleBinding, .clusterRoleBinding, GroupKind("apiregistration.k8s.io", "APIService"),
        GroupKind("apiextensions.k8s.io", "CustomResourceDefinition"),
        GroupKind("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        GroupKind("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
      ])
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
