import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for a ResourceQuota in every namespace that has workloads; system namespaces are exempt.
package struct NamespaceWithoutQuota: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "namespace-without-quota", title: "Namespace without a quota", area: .cluster, severity: .info,
    rationale:
      "Whoever may create pods here may fill the cluster, by mistake or to mine.",
    remediation:
      "Add a ResourceQuota for pods, CPU and memory.",
    example: """
      apiVersion: v1
      kind: ResourceQuota
      metadata:
        name: quota
        namespace: shop
      spec:
        hard:
          pods: "50"
          limits.memory: 64Gi
      """,
    controls: [.nsa("pod-security"), .mitre("T1496")],
    references: [
      Reference("Resource quotas", "https://kubernetes.io/docs/concepts/policy/resource-quotas/")
    ],
    aliases: [
      "trivy:KSV-0040"
    ],
    absenceOf: [GroupKind("", "ResourceQuota")],
    reads: PodTemplateCatalogue.kinds)

  package let kinds: [GroupKind] = [.namespace]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard !["kube-system", "kube-public", "kube-node-lease"].contains(object.name) else { return .notApplicable }
    guard !context.workloads(in: object.name).isEmpty else {
      return .notApplicable
    }
    if context.hasQuota(object.name) { return .pass }
    return .fail(
      "nothing bounds what it may use", [Evidence(in: object.metadata ?? object.root, path: "metadata", ["name"])])
  }
}
