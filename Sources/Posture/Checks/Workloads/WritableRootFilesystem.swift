import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for containers without `readOnlyRootFilesystem: true`. Windows pods are not applicable: they have no such
/// setting.
package struct WritableRootFilesystem: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "writable-root-filesystem", title: "Root file system is writable", area: .workloads, severity: .low,
    rationale:
      "An intruder who may write to the image's files replaces programs, drops tools and stays until the pod is gone. Read-only, most off-the-shelf attacks stop at the first download.",
    remediation:
      "Set `readOnlyRootFilesystem: true` and mount an emptyDir where the program writes (often /tmp).",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            securityContext:
              readOnlyRootFilesystem: true
            volumeMounts:
              - name: tmp
                mountPath: /tmp
        volumes:
          - name: tmp
            emptyDir: {}
      """,
    controls: [.cis("5.6.3"), .nsa("pod-security"), .mitre("T1525"), .mitre("T1105")],
    references: [
      Reference("Security context", "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/")
    ],
    aliases: [
      "kubescape:C-0017", "trivy:KSV-0014", "kube-linter:no-read-only-root-fs", "polaris:notReadOnlyRootFilesystem",
      "checkov:CKV_K8S_22", "kube-score:container-security-context-readonlyrootfilesystem",
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    if workload.template.isWindows { return .notApplicable }
    let bad = workload.containers.filter {
      $0.role != .ephemeral && $0.securityContext?["readOnlyRootFilesystem"]?.bool != true
    }
    return .failing(
      on: bad.map { $0.evidence("securityContext", "readOnlyRootFilesystem") },
      "\(listed("container", bad.map(\.name))) may change the files of its image",
      fix: Fix(
        bad.map { Edit($0.path + ".securityContext.readOnlyRootFilesystem", .set(.bool(true))) },
        caution: "a program that writes outside of its volumes stops; give it an emptyDir there"))
  }
}
