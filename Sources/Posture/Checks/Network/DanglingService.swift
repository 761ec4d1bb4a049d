import Bytes
import Findings
package import Kube
package import PodSecurity

/// Compares the Service's selector with the pod labels of the workloads in its namespace, and the names of its target ports
/// with the ports of their containers. Services without a selector
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
    let wanted = LabelSelector(equalTo: selector)
    let selected = own.filter { context.matches(wanted, $0) }
    if selected.isEmpty {
      if let written = spec["selector"], context.mayBeMade(having: written, in: object.effectiveNamespace) {
        return .notApplicable
      }
      return .fail(
        "no workload of its namespace has these labels", [Evidence(in: spec, path: "spec", ["selector"])])
    }
    let known = Set(
      selected.flatMap(\.containers).flatMap { $0.node["ports"]?.elements ?? [] }.compactMap { $0["name"]?.string })
    var evidence: [Evidence] = []
    for (index, port) in (spec["ports"]?.elements ?? []).enumerated() {
      guard let name = port["targetPort"]?.string, Int(name) == nil, !name.isEmpty, !known.contains(name) else {
        continue
      }
      evidence.append(Evidence(in: port, path: "spec.ports[\(index)]", ["targetPort"]))
    }
    guard !evidence.isEmpty else { return .pass }
    return .fail(
      Failure(
        message: "no container of the pods behind it has \(listed("port", evidence.compactMap(\.value)))",
        evidence: evidence, severity: .low, title: "Service to a port that no container has"))
  }
}
