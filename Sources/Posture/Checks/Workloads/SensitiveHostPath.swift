import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks at host path volumes by `HostPathMount.isSensitive`; critical where any of them is writable, high where credentials can
/// be read, medium otherwise.
package struct SensitiveHostPath: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "sensitive-host-path", title: "Mounts a sensitive host path", area: .workloads, severity: .high,
    rationale:
      "These paths hold the node's credentials, its processes, other pods' secrets or its start-up files. Written to, they run code on the node; read, they give away its keys.",
    remediation:
      "Mount only the file that is needed, read-only; or get the data from the API, the kubelet or a CSI driver.",
    example: """
      spec:
        volumes:
          - name: zoneinfo
            hostPath:
              path: /usr/share/zoneinfo
              type: Directory
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            volumeMounts:
              - name: zoneinfo
                mountPath: /usr/share/zoneinfo
                readOnly: true
      """,
    controls: [.cis("5.2.11"), .nsa("pod-security"), .mitre("T1611"), .mitre("T1552")],
    references: [
      Reference("Volumes: hostPath", "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath")
    ],
    aliases: [
      "kubescape:C-0045", "kubescape:C-0020", "kube-linter:sensitive-host-mounts",
      "kube-linter:writable-host-mount",
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    let mounts = HostPathMount.all(in: workload.template).filter { $0.isSensitive }
    guard !mounts.isEmpty else { return .pass }
    let writable = mounts.contains { !$0.readOnly }
    let names = mounts.map { "\($0.path)\($0.readOnly ? " (read-only)" : "")" }
    return .fail(
      "the pod mounts \(names.joined(separator: ", ")) of the node", mounts.map(\.evidence),
      severity: writable ? .critical : mounts.contains(where: \.isDangerousToRead) ? .high : .medium)
  }
}
