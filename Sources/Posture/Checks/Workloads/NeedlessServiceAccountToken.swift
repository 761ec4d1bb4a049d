import Access
import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for pods that mount the token of an account without any binding. Rights that come through groups of all
/// service accounts do not count.
package struct NeedlessServiceAccountToken: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "needless-service-account-token", title: "Mounts a token that grants nothing", area: .workloads,
    severity: .low,
    rationale:
      "No binding names the account, so the program does not use the API; the token only helps who breaks in: it proves an identity, opens discovery, and gains whatever the account is granted one day.",
    remediation:
      "Set `automountServiceAccountToken: false` in the pod or on the account.",
    example: """
      spec:
        serviceAccountName: app
        automountServiceAccountToken: false
      """,
    controls: [.cis("5.1.6"), .nsa("authentication-and-authorization"), .mitre("T1528")],
    references: [
      Reference(
        "Opt out of API credential automounting",
        "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting"
      )
    ],
    aliases: ["polaris:automountServiceAccountToken", "kubescape:C-0261", "kubescape:C-0190"],
    absenceOf: [.roleBinding, .clusterRoleBinding],
    reads: [.serviceAccount])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    let template = workload.template
    let name = template.serviceAccountName
    let namespace = workload.object.effectiveNamespace
    // `DefaultServiceAccount` covers the shared account.
    guard name != "default" || context.serviceAccount("default", namespace: namespace) != nil else {
      return .notApplicable
    }
    // A token that a volume asks for is meant.
    guard context.tokens.hasToken(workload), !template.projectsToken else { return .pass }
    let account = AccessSubject.serviceAccount(namespace: namespace, name: name)
    let bindings = context.access.inventory.bindings(
      for: Identity(user: account.identity.user, groups: []), namespace: namespace)
    guard bindings.isEmpty else { return .pass }
    return .fail(
      "it carries the token of \"\(name)\", which no binding gives any right",
      [template.evidence("automountServiceAccountToken")],
      fix: Fix(
        [Edit(template.path + ".automountServiceAccountToken", .set(.bool(false)))],
        caution: "a program that signs in by this token, here or at a vault or cloud, stops"))
  }
}
