package import Kube

/// The dialects of network policy. A new one is a file in `Dialects` and a line here.
package enum PolicyDialects {
  package static let all: [any PolicyDialect.Type] = [
    AdminNetworkPolicy.self,
    CalicoPolicy.self,
    CiliumPolicy.self,
    KubernetesNetworkPolicy.self,
    IstioMesh.self,
  ]

  /// Kinds of objects that any of them is written in.
  package static let kinds: [GroupKind] = all.flatMap { $0.kinds }

  /// Those of them that are policies.
  package static let policyKinds: [GroupKind] = all.flatMap { $0.policyKinds }

  /// Whether a snapshot holds any policy.
  package static func isPresent(in snapshot: ClusterSnapshot) -> Bool {
    all.contains { $0.isPresent(in: snapshot) }
  }
}
