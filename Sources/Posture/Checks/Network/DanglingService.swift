import Bytes
import Findings
package import Kube
package import PodSecurity

/// Compares the Service's selector with the pod labels of the workloads in its namespace. Services without a selector
/// are not applicable: their endpoints are managed by somebody else.
package struct DanglingService: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "dangling-service", title: "Service that selects nothing", area: .network, severity: .info,
    rationale:
      "Clients keep asking for it. Whoever may start a pod with these labels answers them.",
    remediation:
      "Remove the Service, or mend its selector.",
    example: """
      spec:
        selector:
          app: shop
      """,
    controls: [.nsa("network-separation"), .mitre("T1557")],
    references: [
      Reference("Service", "https://kubernetes.io/docs/concepts/services-networking/service/")
    ],
    aliases: ["kube-linter:dangling-service", "kube-score:service-targets-pod", "kubescape:C-0293"],
    absenceOf: [.pod],
    reads: PodTemplateCatalogue.kinds)

  package let kinds: [GroupKind] = [.service]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard let spec = object.spec, let selector = spec["selector"]?.stringMap, !selector.isEmpty else {
      return .notApplicable
    }
    let own = context.workloads(in: object.effectiveNamespace)
    guard !own.isEmpty else { return .notApplicable }
    let matches = own.contains { workload in
      let labels = workload.template.labels
      return selector.allSatisfy { labels[$0.key] == $0.value }
    }
    return matches
      ? .pass : .fail("no workload of its namespace has these labels", [Evidence(in: spec, path: "spec", ["selector"])])
  }
}
