import Bytes
import Findings
package import Kube
package import PodSecurity

package struct MissingServiceAccount: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "missing-service-account", title: "Service account does not exist", area: .workloads, severity: .info,
    rationale:
      "The pods do not start until somebody makes an account of that name, and then run with whatever rights that account was given.",
    remediation:
      "Create the account with the workload, or mend the name.",
    example: """
      spec:
        serviceAccountName: app
      """,
    controls: [.nsa("authentication-and-authorization")],
    references: [
      Reference("Service accounts", "https://kubernetes.io/docs/concepts/security/service-accounts/")
    ],
    aliases: [
      "kube-linter:non-existent-service-account"
    ],
    absenceOf: [.serviceAccount])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    let name = workload.template.serviceAccountName
    // Every namespace gets an account `default` from the cluster.
    guard name != "default" else { return .pass }
    if context.serviceAccount(name, namespace: workload.object.effectiveNamespace) != nil { return .pass }
    // Manifests without any account are a part of something; what is missing may stand elsewhere.
    guard !context.snapshot.objects(.serviceAccount).isEmpty else { return .notApplicable }
    return .fail("there is no account \"\(name)\" in its namespace", [workload.template.evidence("serviceAccountName")])
  }
}
