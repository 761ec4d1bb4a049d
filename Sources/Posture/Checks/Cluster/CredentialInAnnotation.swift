import Bytes
import Findings
import Images
package import Kube
package import PodSecurity

/// Looks at annotations and labels by `Credential`, those of pod templates among them. Skips the last-applied annotation,
/// which repeats the object.
package struct CredentialInAnnotation: AnyKindCheck {
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

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    var evidence: [Evidence] = []
    var names: [String] = []
    func look(_ metadata: DocumentNode?, _ path: String) {
      for section in ["annotations", "labels"] {
        for entry in metadata?[section]?.entries ?? [] {
          // The copy that `kubectl apply` keeps repeats the object, which is judged itself.
          guard let value = entry.value.string, entry.key != "kubectl.kubernetes.io/last-applied-configuration",
            !Credential.isDigest(named: entry.key, value),
            Credential.isCredential(name: entry.key.split(separator: "/").last.map(String.init) ?? "", value: value)
          else { continue }
          names.append(entry.key)
          evidence.append(Credential.evidence(entry.value, path: "\(path).\(section)[\"\(entry.key)\"]"))
        }
      }
    }
    look(object.metadata, "metadata")
    for template in PodTemplateCatalogue.allTemplates(of: object) where template.path.hasSuffix(".spec") {
      look(template.metadata, String(template.path.dropLast(4)) + "metadata")
    }
    return .failing(
      on: evidence,
      "\(listed("field", names)) \(Phrase.noun(Set(names).count, "looks like a credential", "look like credentials"))")
  }
}
