import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for pods that run as `default` and mount its token, by the pod's own setting or else the account's.
package struct DefaultServiceAccount: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "default-service-account-token", title: "Mounts the token of the default service account", area: .workloads,
    severity: .medium,
    rationale:
      "Every pod that names no account shares `default` and gets its token mounted. Whatever that account is granted, all of them may do, and whoever breaks into one of them too.",
    remediation:
      "Set `automountServiceAccountToken: false`, or give the workload an account of its own with the rights it needs.",
    example: """
      spec:
        serviceAccountName: app
        automountServiceAccountToken: false
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
      """,
    controls: [
      .cis("5.1.5"), .cis("5.1.6"), .nsa("authentication-and-authorization"), .mitre("T1552"), .mitre("T1078"),
    ],
    references: [
      Reference(
        "Configure service accounts",
        "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/")
    ],
    aliases: [
      "kubescape:C-0034", "trivy:KSV-0036", "kube-linter:default-service-account", "checkov:CKV_K8S_38",
      "checkov:CKV_K8S_41",
    ], reads: [.serviceAccount])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    let template = workload.template
    guard template.serviceAccountName == "default" else { return .pass }
    guard context.tokens.hasToken(workload) else { return .pass }
    return fail(template)
  }

  private func fail(_ template: PodTemplate) -> Outcome {
    .fail(
      "the pods carry the token of the account \"default\", which everything in the namespace shares",
      [template.evidence("automountServiceAccountToken")],
      fix: Fix(
        [Edit(template.path + ".automountServiceAccountToken", .set(.bool(false)))],
        caution: "a program that signs in by this token, here or at a vault or cloud, stops"))
  }
}
