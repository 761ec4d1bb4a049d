import Bytes
import Findings
package import Kube
package import PodSecurity

package struct ContainerRuntimeSocket: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "container-runtime-socket", title: "Mounts the container runtime's socket", area: .workloads,
    severity: .critical,
    rationale:
      "The socket of Docker, containerd or CRI-O is root on the node without a password: whoever can write to it starts a privileged container that mounts everything.",
    remediation:
      "Remove the mount. Build images with a rootless builder (Kaniko, BuildKit rootless); read container metadata from the kubelet or the API.",
    example: """
      spec:
        volumes:
          - name: workspace
            emptyDir: {}
      """,
    controls: [.cis("5.2.11"), .nsa("pod-security"), .mitre("T1611"), .mitre("T1610")],
    references: [
      Reference("Volumes: hostPath", "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath")
    ],
    aliases: ["kubescape:C-0074", "trivy:KSV-0006", "kube-linter:docker-sock", "checkov:CKV_K8S_27"])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    // What a mount of all files gives is told by the check of sensitive paths.
    let mounts = HostPathMount.all(in: workload.template).filter { $0.path != "/" && $0.runtimeSocket != nil }
    return .failing(
      on: mounts.map(\.evidence),
      "\(listed("volume", mounts.map(\.volume))) gives the node's container runtime to the pod"
    )
  }
}
