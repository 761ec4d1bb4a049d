import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks at the `pod-security.kubernetes.io/enforce` label: missing, `privileged`, or with a value that the API server
/// cannot read (low, since the server then enforces the strictest level).
package struct NamespacePodSecurityLabels: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "namespace-pod-security", title: "Namespace does not enforce Pod Security", area: .cluster, severity: .medium,
    rationale:
      "Without an `enforce` label the API server admits any pod into the namespace: whoever may create pods there may create one that owns the node.",
    remediation:
      "Label the namespace with the strictest level that its workloads meet; `bartizan pss headroom` tells which.",
    example: """
      apiVersion: v1
      kind: Namespace
      metadata:
        name: shop
        labels:
          pod-security.kubernetes.io/enforce: baseline
          pod-security.kubernetes.io/warn: restricted
      """,
    controls: [.cis("5.2.1"), .nsa("pod-security"), .mitre("T1610")],
    references: [
      Reference("Pod Security admission", "https://kubernetes.io/docs/concepts/security/pod-security-admission/")
    ],
    aliases: [
      "kubescape:C-0193", "kubescape:C-0194", "kubescape:C-0195", "kubescape:C-0196", "kubescape:C-0197",
      "kubescape:C-0198", "kubescape:C-0199", "kubescape:C-0200", "kubescape:C-0201", "kubescape:C-0202",
      "kubescape:C-0203", "kubescape:C-0204",
    ])

  package let kinds: [GroupKind] = [.namespace]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    if Self.system.contains(object.name) { return .notApplicable }
    let labels = NamespacePodSecurity(object.labels)
    let metadata = object.metadata ?? object.root
    if let trouble = labels.invalid.first {
      return .fail(
        "\(trouble.message); the API server then enforces restricted:latest, and refuses more than was meant",
        [Evidence(in: metadata, path: "metadata", ["labels", trouble.label])], severity: .low)
    }
    switch labels.enforce?.level {
    case nil:
      return .fail(
        "it has no label pod-security.kubernetes.io/enforce",
        [Evidence(in: metadata, path: "metadata", ["labels", NamespacePodSecurity.prefix + "enforce"])])
    case .privileged?:
      return .fail(
        "it enforces the level privileged, which forbids nothing",
        [Evidence(in: metadata, path: "metadata", ["labels", NamespacePodSecurity.prefix + "enforce"])])
    default: return .pass
    }
  }

  /// Namespaces of the control plane, whose pods belong to the cluster itself.
  private static let system: Set<String> = ["kube-system", "kube-public", "kube-node-lease"]
}
