package import Kube

/// All dialects in the order of their stages. A new one is a file in `Dialects` and a line here.
package enum PolicyDialects {
  static func compile(_ compiler: inout PolicyCompiler) -> PolicyProgram {
    var program = PolicyProgram()
    program.stages += AdminNetworkPolicy.stage(isBaseline: false, &compiler)
    let calico = CalicoPolicy.stages(&compiler)
    let cilium = CiliumPolicy.stages(&compiler)
    // Calico and Cilium place NetworkPolicies among their own, each in its way.
    program.stages += calico + cilium
    if calico.isEmpty, cilium.isEmpty { program.stages += KubernetesNetworkPolicy.compile(&compiler) }
    program.stages += AdminNetworkPolicy.stage(isBaseline: true, &compiler)
    program.stages += IstioMesh.stages(&compiler)
    return program
  }

  /// Kinds whose selectors and blocks decide which pods and addresses can be told apart.
  static let kinds: [GroupKind] =
    KubernetesNetworkPolicy.kinds + AdminNetworkPolicy.kinds + CalicoPolicy.kinds + CiliumPolicy.kinds
    + IstioMesh.kinds

  /// Kinds that are policies themselves, and not something that policies speak of.
  static let policyKinds: [GroupKind] =
    KubernetesNetworkPolicy.kinds + AdminNetworkPolicy.kinds + CalicoPolicy.policyKinds + CiliumPolicy.policyKinds

  /// Whether a snapshot holds any policy.
  package static func isPresent(in snapshot: ClusterSnapshot) -> Bool {
    kinds.contains { !snapshot.objects($0).isEmpty }
  }
}
