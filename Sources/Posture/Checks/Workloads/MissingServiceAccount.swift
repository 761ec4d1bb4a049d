import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks up `serviceAccountName` in the namespace. Not applicable where the input has no ServiceAccount at all.
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
    aliases: ["kube-linter:non-existent-service-account", "kubescape:C-0307"],
    absenceOf: [.serviceAccount])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    let name = workload.template.serviceAccountName
    // Every namespace has an account named `default`.
    guard name != "default" else { return .pass }
    if context.serviceAccount(name, namespace: workload.object.effectiveNamespace) != nil { return .pass }
    // Without any ServiceAccount the input is only a part of a deployment, and the missing one may be in another.
    guard !context.snapshot.objects(.serviceAccount).isEmpty else { return .notApplicable }
    return .fail("there is no account \"\(name)\" in its namespace", [workload.template.evidence("serviceAccountName")])
  }
}
