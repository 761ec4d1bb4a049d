import Bytes
import Findings
import Kube

extension PodSecurityControl {
  static let hostNamespaces = PodSecurityControl(
    id: "hostNamespaces", level: .baseline,
    revisions: [
      (
        0,
        { template in
          let bad = ["hostNetwork", "hostPID", "hostIPC"].filter { template.spec[$0]?.bool == true }
          guard !bad.isEmpty else { return nil }
          return PodSecurityViolation(
            reason: "host namespaces", detail: bad.map { $0 + "=true" }.joined(separator: ", "),
            evidence: bad.map { template.evidence($0) },
            edits: bad.map { Edit(template.fieldPath($0), .remove) })
        }
      )
    ],
    metadata: CheckMetadata(
      id: "pss-host-namespaces", title: "Shares a host namespace", area: .podSecurity, severity: .high,
      rationale:
        "With the node's network a pod reaches the kubelet and everything bound to loopback, and network policies do not apply to it. With the node's processes it reads their environment and files and may signal or trace them. With the node's IPC it reads shared memory.",
      remediation: "Remove `hostNetwork`, `hostPID` and `hostIPC`. Expose ports through a Service instead.",
      example: """
        spec:
          hostNetwork: false
          hostPID: false
          hostIPC: false
        """,
      controls: [
        .pss("baseline/hostNamespaces"), .cis("5.2.3"), .cis("5.2.4"), .cis("5.2.5"), .nsa("pod-security"),
        .mitre("T1611"),
      ],
      references: [standardsPage],
      aliases: [
        "kubescape:C-0038", "kubescape:C-0041", "trivy:KSV-0008", "trivy:KSV-0009", "trivy:KSV-0010",
        "kube-linter:host-network", "kube-linter:host-pid", "kube-linter:host-ipc", "polaris:hostNetworkSet",
        "polaris:hostPIDSet", "polaris:hostIPCSet", "checkov:CKV_K8S_17", "checkov:CKV_K8S_18", "checkov:CKV_K8S_19",
      ]))
}
