import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for Pods without an owner. Mirror pods are not applicable: a file on the node manages them.
package struct NakedPod: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "naked-pod", title: "Pod without a controller", area: .workloads, severity: .info,
    rationale:
      "Nobody starts it again after its node fails, and no rollout ever updates it: it is how debugging tools and intruders stay behind.",
    remediation:
      "Let a Deployment, a StatefulSet, a DaemonSet or a Job make it; remove it if nobody knows it.",
    example: """
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: app
      spec:
        template:
          spec:
            containers:
              - name: app
                image: registry.example.com/app:1.4.2
      """,
    controls: [.nsa("pod-security"), .mitre("T1610")],
    references: [
      Reference("Pods and controllers", "https://kubernetes.io/docs/concepts/workloads/pods/#pods-and-controllers")
    ],
    aliases: [
      "kubescape:C-0073", "polaris:nakedPod",
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    guard workload.object.groupKind == .pod else { return .notApplicable }
    // A mirror pod of a static pod, which a file on the node manages.
    if workload.object.annotations["kubernetes.io/config.mirror"] != nil { return .notApplicable }
    // Helm and Argo CD make the pods of their hooks themselves, and take them away.
    if Self.hooks.contains(where: { workload.object.annotations[$0] != nil }) { return .notApplicable }
    guard (workload.object.metadata?["ownerReferences"]?.elements ?? []).isEmpty else { return .pass }
    return .fail("no controller owns it", [Evidence(in: workload.object.root, path: "", ["kind"])])
  }

  private static let hooks = ["helm.sh/hook", "argocd.argoproj.io/hook"]
}
