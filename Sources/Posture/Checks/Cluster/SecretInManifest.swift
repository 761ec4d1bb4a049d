import Bytes
import Findings
import Images
package import Kube
package import PodSecurity

/// Looks for Secrets with values in files. Objects read from a cluster are not applicable, and neither are those
/// encrypted with SOPS, nor values that only stand for others.
package struct SecretInManifest: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "secret-in-manifest", title: "Secret with its value in a manifest", area: .cluster, severity: .medium,
    rationale:
      "base64 hides nothing. The manifest is in version control, in pipelines' logs and on laptops, for as long as those exist.",
    remediation:
      "Keep the value in a vault and let External Secrets, Sealed Secrets or SOPS bring it; change the value that was written here.",
    example: """
      apiVersion: external-secrets.io/v1
      kind: ExternalSecret
      metadata:
        name: db
      """,
    controls: [.cis("5.4.2"), .nsa("authentication-and-authorization"), .mitre("T1552")],
    references: [
      Reference("Good practices for Secrets", "https://kubernetes.io/docs/concepts/security/secrets-good-practices/")
    ])

  package let kinds: [GroupKind] = [.secret]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    // Values belong in the objects of a cluster.
    guard object.uid == nil, object.metadata?["resourceVersion"] == nil else { return .notApplicable }
    for section in ["stringData", "data"] {
      let filled = (object.root[section]?.entries ?? []).filter { entry in
        guard let text = entry.value.text, !text.isEmpty, !Credential.isPlaceholder(text) else { return false }
        guard section == "data", let bytes = Base64.decode(text) else { return true }
        return bytes.isEmpty || !Credential.isPlaceholder(String(decoding: bytes, as: UTF8.self))
      }
      guard let first = filled.first, !object.isEncrypted else { continue }
      return .fail(
        "it holds the \(filled.count == 1 ? "value" : "values") of \(listed("key", filled.map(\.key)))",
        [Evidence(path: "\(section).\(first.key)", value: "(hidden)", line: Int(first.line), column: Int(first.column))]
      )
    }
    return .pass
  }
}
