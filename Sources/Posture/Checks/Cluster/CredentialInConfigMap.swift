import Bytes
import Findings
import Images
package import Kube
package import PodSecurity

/// Looks at the entries of `data` by `Credential`, one value at a time; `binaryData` is not read.
package struct CredentialInConfigMap: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "credential-in-configmap", title: "Credential in a ConfigMap", area: .cluster, severity: .high,
    rationale:
      "ConfigMaps are readable by far more accounts than Secrets, are not encrypted at rest, and are copied into tickets and logs without a second thought.",
    remediation:
      "Move the value to a Secret or an external secret store, and change the credential, since it has been seen.",
    example: """
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: app
      data:
        DB_PASSWORD_FILE: /run/secrets/db/password
      """,
    controls: [.cis("5.4.2"), .nsa("authentication-and-authorization"), .mitre("T1552")],
    references: [
      Reference("Good practices for Secrets", "https://kubernetes.io/docs/concepts/security/secrets-good-practices/")
    ],
    aliases: ["kubescape:C-0012", "trivy:KSV-0109", "polaris:sensitiveConfigmapContent"])

  package let kinds: [GroupKind] = [.configMap]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    var names: [String] = []
    var evidence: [Evidence] = []
    for entry in object.root["data"]?.entries ?? [] {
      guard let value = entry.value.string else { continue }
      let path = "data[\"\(entry.key)\"]"
      let inside = Credential.inside(value, named: entry.key)
      if !inside.isEmpty {
        evidence.append(Credential.evidence(inside: inside, entry.value, path: path))
      } else if Credential.isCredential(name: entry.key, value: value) {
        evidence.append(Credential.evidence(entry.value, path: path))
      } else {
        continue
      }
      names.append(entry.key)
    }
    return .failing(
      on: evidence,
      "\(listed("key", names)) \(Phrase.noun(names.count, "looks like a credential", "look like credentials"))")
  }
}
