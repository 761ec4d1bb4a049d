import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for PersistentVolumes with `spec.hostPath`, which bypass the checks of host paths in pods.
package struct HostPathPersistentVolume: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "host-path-persistent-volume", title: "Persistent volume on a host path", area: .cluster,
    severity: .medium,
    rationale:
      "A claim that binds it mounts the path of the node, and Pod Security does not see that behind the claim.",
    remediation:
      "Use a `local` volume or a CSI driver; keep hostPath volumes for single-node test clusters.",
    example: """
      spec:
        capacity:
          storage: 10Gi
        csi:
          driver: ebs.csi.aws.com
          volumeHandle: vol-1
      """,
    controls: [.cis("5.2.11"), .nsa("pod-security"), .mitre("T1611")],
    references: [
      Reference("Persistent volumes", "https://kubernetes.io/docs/concepts/storage/persistent-volumes/")
    ],
    aliases: [])

  package let kinds: [GroupKind] = [GroupKind("", "PersistentVolume")]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard let spec = object.spec, spec["hostPath"] != nil else { return .pass }
    return .fail(
      "it is \(spec[path: "hostPath", "path"]?.text ?? "a path") of the node",
      [Evidence(in: spec, path: "spec", ["hostPath", "path"])])
  }
}
