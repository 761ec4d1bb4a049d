import Bytes

/// A Secret that images are pulled with.
package struct PullSecretReference: Sendable, Hashable, Comparable {
  package let namespace: String
  package let name: String

  package init(namespace: String, name: String) {
    self.namespace = namespace
    self.name = name
  }

  package var text: String { "\(namespace)/\(name)" }

  package static func < (a: PullSecretReference, b: PullSecretReference) -> Bool {
    (a.namespace, a.name) < (b.namespace, b.name)
  }
}

extension ClusterSnapshot {
  /// The pull secrets of each image, by the references that workloads use: those of the pod or, if it names none, those
  /// of its service account, as admission adds them.
  ///
  /// Source: Kubernetes, "Add ImagePullSecrets to a service account".
  package var pullSecrets: [String: Set<PullSecretReference>] {
    var accounts: [String: [String]] = [:]
    for account in objects(.serviceAccount) {
      accounts["\(account.namespace ?? "default")/\(account.name)"] = Self.names(account.root["imagePullSecrets"])
    }
    var found: [String: Set<PullSecretReference>] = [:]
    for workload in workloads {
      let namespace = workload.object.namespace ?? "default"
      let own = Self.names(workload.template.spec["imagePullSecrets"])
      let names = own.isEmpty ? accounts["\(namespace)/\(workload.template.serviceAccountName)"] ?? [] : own
      guard !names.isEmpty else { continue }
      // Image volumes are pulled like images.
      for image in workload.template.imagePlaces.map(\.image) {
        found[image, default: []].formUnion(names.map { PullSecretReference(namespace: namespace, name: $0) })
      }
    }
    return found
  }

  private static func names(_ list: DocumentNode?) -> [String] {
    (list?.elements ?? []).compactMap { $0["name"]?.string }
  }
}
