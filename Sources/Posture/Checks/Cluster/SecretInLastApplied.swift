import Bytes
import Findings
package import Kube
package import PodSecurity

package struct SecretInLastApplied: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "secret-in-last-applied", title: "Secret in the last-applied annotation", area: .cluster, severity: .medium,
    rationale:
      "`kubectl apply` keeps a copy of what it applied in an annotation: tools that hide the data of secrets show it, and a rotation that does not use apply leaves the old value there.",
    remediation:
      "Create secrets with `kubectl create`, `apply --server-side`, or from an external store, and remove the annotation.",
    example: """
      apiVersion: v1
      kind: Secret
      metadata:
        name: app
      type: Opaque
      """,
    controls: [.cis("5.4.2"), .nsa("authentication-and-authorization"), .mitre("T1552")],
    references: [
      Reference("Server-side apply", "https://kubernetes.io/docs/reference/using-api/server-side-apply/")
    ],
    aliases: [])

  package let kinds: [GroupKind] = [.secret]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    let key = "kubectl.kubernetes.io/last-applied-configuration"
    guard let metadata = object.metadata, let text = object.annotations[key], text.contains("ata\":{\"") else {
      return .pass
    }
    let evidence = Evidence(in: metadata, path: "metadata", ["annotations", key])
    return .fail(
      "its annotation last-applied-configuration holds the values",
      [
        Evidence(
          path: evidence.path, value: "(hidden, \(text.count) characters)", line: evidence.line, column: evidence.column
        )
      ])
  }
}
