import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks up the target of a HorizontalPodAutoscaler, a VerticalPodAutoscaler or a ScaledObject of KEDA where it is a Deployment,
/// StatefulSet or ReplicaSet. Not applicable in a namespace
/// without workloads, where the target may be defined elsewhere.
package struct DanglingAutoscaler: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "dangling-autoscaler", title: "Autoscaler whose target does not exist", area: .cluster, severity: .info,
    rationale:
      "It scales nothing while everybody counts on it, until somebody makes a workload of that name.",
    remediation:
      "Remove it, or mend the name of its target.",
    example: """
      spec:
        scaleTargetRef:
          apiVersion: apps/v1
          kind: Deployment
          name: web
      """,
    controls: [.nsa("pod-security"), .mitre("T1499")],
    references: [
      Reference(
        "Horizontal pod autoscaling", "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/")
    ],
    aliases: [
      "kube-linter:dangling-horizontalpodautoscaler", "kube-score:horizontalpodautoscaler-has-target",
      "kubescape:C-0300",
    ],
    absenceOf: [GroupKind("apps", "Deployment")],
    reads: PodTemplateCatalogue.kinds)

  package let kinds: [GroupKind] = [
    GroupKind("autoscaling", "HorizontalPodAutoscaler"), GroupKind("autoscaling.k8s.io", "VerticalPodAutoscaler"),
    GroupKind("keda.sh", "ScaledObject"),
  ]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    let field = object.kind == "VerticalPodAutoscaler" ? "targetRef" : "scaleTargetRef"
    guard let target = object.spec?[field], let name = target["name"]?.string,
      // KEDA takes a Deployment where nothing is said.
      let kind = target["kind"]?.string ?? (object.kind == "ScaledObject" ? "Deployment" : nil),
      ["Deployment", "StatefulSet", "ReplicaSet"].contains(kind)
    else { return .notApplicable }
    let own = context.workloads(in: object.effectiveNamespace)
    guard !own.isEmpty else { return .notApplicable }
    if own.contains(where: { $0.object.kind == kind && $0.object.name == name }) { return .pass }
    return .fail(
      "there is no \(kind) \"\(name)\" in its namespace", [Evidence(in: target, path: "spec.\(field)", ["name"])])
  }
}
