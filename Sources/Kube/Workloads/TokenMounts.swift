import Bytes

/// Whether the pods of a workload carry a token of their account for the API server.
///
/// Source: kubernetes.io, "Configure Service Accounts for Pods": the pod's own field wins over the account's, else the token is
/// mounted; a projected volume carries one whatever the fields say.
package struct TokenMounts: Sendable {
  private let automount: [String: Bool]

  package init(_ snapshot: ClusterSnapshot) {
    var automount: [String: Bool] = [:]
    for account in snapshot.objects(.serviceAccount) {
      guard let own = account.root["automountServiceAccountToken"]?.bool else { continue }
      automount[account.effectiveNamespace + "/" + account.name] = own
    }
    self.automount = automount
  }

  package func hasToken(_ workload: Workload) -> Bool {
    // The API server mounts none into what it takes for the copy of a static pod. Source: `plugin/pkg/admission/serviceaccount`.
    if workload.object.annotations["kubernetes.io/config.mirror"] != nil { return workload.template.projectsToken }
    return hasToken(workload.template, namespace: workload.object.effectiveNamespace)
  }

  private func hasToken(_ template: PodTemplate, namespace: String) -> Bool {
    template.spec["automountServiceAccountToken"]?.bool ?? automount[namespace + "/" + template.serviceAccountName]
      ?? true
      || template.projectsToken
  }
}

extension PodTemplate {
  /// Whether a volume holds a token that the API server takes: one for its own audience.
  package var projectsToken: Bool {
    volumes.contains { volume in
      (volume[path: "projected", "sources"]?.elements ?? []).contains { source in
        guard let token = source["serviceAccountToken"], token.mapping != nil else { return false }
        let audience = token["audience"]?.string ?? ""
        return audience.isEmpty || audience == "api" || audience.hasPrefix("https://kubernetes.default")
      }
    }
  }
}
