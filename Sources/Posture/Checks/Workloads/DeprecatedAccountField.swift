import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for `serviceAccount` where `serviceAccountName` does not say the same; the API server writes both into stored
/// pods.
package struct DeprecatedAccountField: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "deprecated-account-field", title: "Deprecated serviceAccount field", area: .workloads, severity: .info,
    rationale:
      "Reviewers and policies look at `serviceAccountName`; the old alias `serviceAccount` gives the same rights out of their sight.",
    remediation:
      "Rename the field to `serviceAccountName`.",
    example: """
      spec:
        serviceAccountName: app
      """,
    controls: [.nsa("authentication-and-authorization")],
    references: [
      Reference(
        "Configure service accounts",
        "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/")
    ],
    aliases: ["kube-linter:deprecated-service-account-field", "kubescape:C-0294"])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    let spec = workload.template.spec
    guard let old = spec["serviceAccount"]?.string, spec["serviceAccountName"]?.string != old else { return .pass }
    return .fail(
      "`serviceAccount: \(old)` is deprecated", [workload.template.evidence("serviceAccount")],
      fix: spec["serviceAccountName"] == nil
        ? Fix([Edit("\(workload.template.path).serviceAccount", .rename("serviceAccountName"))]) : nil)
  }
}
