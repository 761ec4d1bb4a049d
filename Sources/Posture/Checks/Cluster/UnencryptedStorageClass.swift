import Bytes
import Findings
package import Kube
package import PodSecurity

package struct UnencryptedStorageClass: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "unencrypted-storage-class", title: "Storage without encryption", area: .cluster, severity: .low,
    rationale:
      "Whoever gets at the provider's disks or snapshots reads them: a snapshot shared by mistake is a copy of the data.",
    remediation:
      "Ask the provisioner for encryption: `encrypted: \"true\"` for EBS and EFS, a key for other drivers.",
    example: """
      provisioner: ebs.csi.aws.com
      parameters:
        encrypted: "true"
      """,
    controls: [.nsa("pod-security"), .mitre("T1530")],
    references: [
      Reference("Storage classes", "https://kubernetes.io/docs/concepts/storage/storage-classes/")
    ],
    aliases: [
      "kubescape:C-0264"
    ])

  package let kinds: [GroupKind] = [GroupKind("storage.k8s.io", "StorageClass")]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    // Of these drivers it is known that volumes are plain unless the class says otherwise.
    guard ["ebs.csi.aws.com", "kubernetes.io/aws-ebs"].contains(object.root["provisioner"]?.string ?? "") else {
      return .notApplicable
    }
    let parameters = object.root["parameters"]?.stringMap ?? [:]
    if parameters["encrypted"] == "true" || parameters["kmsKeyId"] != nil { return .pass }
    return .fail(
      "volumes of this class are plain, unless the account encrypts by default",
      [Evidence(in: object.root, path: "", ["provisioner"])])
  }
}
