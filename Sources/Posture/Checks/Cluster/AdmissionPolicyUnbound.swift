import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for bindings of each ValidatingAdmissionPolicy: none at all fails, and so do bindings that never deny (low).
package struct AdmissionPolicyUnbound: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "admission-policy-unbound", title: "Admission policy that is bound to nothing", area: .cluster,
    severity: .medium,
    rationale:
      "A ValidatingAdmissionPolicy without a binding is never evaluated: what it forbids is let in.",
    remediation:
      "Create a ValidatingAdmissionPolicyBinding with `validationActions: [Deny]`.",
    example: """
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicyBinding
      metadata:
        name: guard
      spec:
        policyName: guard
        validationActions: [Deny]
      """,
    controls: [.cis("5.2.1"), .nsa("pod-security"), .mitre("T1562.001")],
    references: [
      Reference(
        "Validating admission policy",
        "https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/")
    ],
    absenceOf: [GroupKind("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding")])

  package let kinds: [GroupKind] = [GroupKind("admissionregistration.k8s.io", "ValidatingAdmissionPolicy")]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    let bindings = context.snapshot.objects(
      GroupKind("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding")
    )
    .filter { $0.spec?["policyName"]?.string == object.name }
    let place = object.metadata ?? object.root
    guard !bindings.isEmpty else {
      return .fail("no binding names it", [Evidence(in: place, path: "metadata", ["name"])])
    }
    let denies = bindings.contains { $0.spec?["validationActions"]?.strings.contains("Deny") ?? false }
    return denies
      ? .pass
      : .fail(
        "its bindings only warn or audit", [Evidence(in: place, path: "metadata", ["name"])], severity: .low)
  }
}
