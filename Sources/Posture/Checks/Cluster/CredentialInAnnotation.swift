import Bytes
import Findings
import Images
package import Kube
package import PodSecurity

/// Looks at annotations and labels by `Credential`. Skips the last-applied annotation, which repeats the object.
package struct CredentialInAnnotation: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "credential-in-annotation", title: "Credential in an annotation or a label", area: .cluster, severity: .high,
    rationale:
      "Annotations are read by everybody who may see the object, copied into logs, metrics and backups, and never rotated.",
    remediation:
      "Put the value into a Secret or an external secret store and change it, since it has been seen.",
    example: """
      metadata:
        annotations:
          example.com/credentials-from: db-login
      """,
    controls: [.cis("5.4.2"), .nsa("authentication-and-authorization"), .mitre("T1552")],
    references: [
      Reference("Good practices for Secrets", "https://kubernetes.io/docs/concepts/security/secrets-good-practices/")
    ])

  package let kinds: [GroupKind] = [
    .pod, GroupKind("apps", "Deployment"), GroupKind("apps", "StatefulSet"), GroupKind("apps", "DaemonSet"),
    GroupKind("batch", "Job"), GroupKind("batch", "CronJob"), .service, .ingress, .configMap, .namespace,
    .serviceAccount,
  ]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    var evidence: [Evidence] = []
    var names: [String] = []
    for section in ["annotations", "labels"] {
      for entry in object.metadata?[section]?.entries ?? [] {
        // The copy that `kubectl apply` keeps repeats the object, which is judged itself.
        guard let value = entry.value.string, entry.key != "kubectl.kubernetes.io/last-applied-configuration",
          Credential.isCredential(name: entry.key.split(separator: "/").last.map(String.init) ?? "", value: value)
        else { continue }
        names.append(entry.key)
        evidence.append(Credential.evidence(entry.value, path: "metadata.\(section)[\"\(entry.key)\"]"))
      }
    }
    return .failing(on: evidence, "\(listed("field", names)) looks like a credential")
  }
}
