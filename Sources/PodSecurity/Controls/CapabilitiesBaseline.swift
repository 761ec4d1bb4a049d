import Bytes
import Findings
import Kube

extension PodSecurityControl {
  static let capabilitiesBaseline = PodSecurityControl(
    id: "capabilities_baseline", level: .baseline,
    revisions: [
      (
        0,
        { template in
          var names: [String] = []
          var forbidden = Set<String>()
          var evidence: [Evidence] = []
          for container in template.containers {
            let bad = addedCapabilities(container).filter { !defaultCapabilities.contains($0.name) }
            guard !bad.isEmpty else { continue }
            names.append(container.name)
            forbidden.formUnion(bad.map(\.name))
            evidence += bad.map(\.evidence)
          }
          guard !names.isEmpty else { return nil }
          return PodSecurityViolation(
            reason: "non-default capabilities",
            detail:
              "\(PodSecurityText.containers(names)) must not include \(PodSecurityText.quoted(forbidden.sorted())) in securityContext.capabilities.add",
            evidence: evidence, edits: evidence.map { Edit($0.path, .remove) })
        }
      )
    ],
    metadata: CheckMetadata(
      id: "pss-capabilities", title: "Adds a dangerous capability", area: .podSecurity, severity: .high,
      rationale:
        "Capabilities beyond the runtime's defaults are pieces of root on the node: SYS_ADMIN mounts, SYS_PTRACE reads other processes, NET_ADMIN rewrites routes, SYS_MODULE loads kernel code.",
      remediation:
        "Remove the capability from `securityContext.capabilities.add`. Where the program needs it, say why in an exception and isolate the workload.",
      example: """
        spec:
          containers:
            - name: app
              image: registry.example.com/app:1.4.2
              securityContext:
                capabilities:
                  drop: ["ALL"]
                  add: ["NET_BIND_SERVICE"]
        """,
      controls: [.pss("baseline/capabilities"), .cis("5.2.9"), .nsa("pod-security"), .mitre("T1611")],
      references: [standardsPage],
      aliases: [
        "kubescape:C-0046", "trivy:KSV-0005", "trivy:KSV-0119", "trivy:KSV-0120", "trivy:KSV-0022", "trivy:KSV-0106",
        "polaris:dangerousCapabilities", "checkov:CKV_K8S_25", "checkov:CKV_K8S_39",
      ]))

  private static let defaultCapabilities: Set<String> = [
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
    "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
  ]

  static func addedCapabilities(_ container: Container) -> [(name: String, evidence: Evidence)] {
    (container.securityContext?["capabilities"]?["add"]?.elements ?? []).enumerated().compactMap { index, node in
      guard let name = node.text else { return nil }
      return (
        name,
        Evidence(
          path: "\(container.path).securityContext.capabilities.add[\(index)]", value: name, line: Int(node.line),
          column: Int(node.column))
      )
    }
  }
}
