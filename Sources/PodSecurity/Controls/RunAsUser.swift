import Bytes
import Findings
import Kube

extension PodSecurityControl {
  static let runAsUser = PodSecurityControl(
    id: "runAsUser", level: .restricted, revisions: [(23, rootUser), (35, exceptUserNamespaces(rootUser))],
    metadata: CheckMetadata(
      id: "pss-run-as-user", title: "Runs as root", area: .podSecurity, severity: .high,
      rationale:
        "The manifest asks for user 0. Root in the container is root of the node for the kernel: files on mounts, sockets and a flaw in the runtime give it the node.",
      remediation: "Set `runAsUser` to another user, above 10000 so that it meets none of the node's.",
      example: """
        spec:
          securityContext:
            runAsUser: 10001
        """,
      controls: [.pss("restricted/runAsUser"), .cis("5.2.7"), .nsa("pod-security"), .mitre("T1611")],
      references: [standardsPage],
      aliases: ["kubescape:C-0013", "trivy:KSV-0105", "trivy:KSV-0020", "checkov:CKV_K8S_23"]))

  private static let rootUser: Rule = { template in
    var setters: [String] = []
    var evidence: [Evidence] = []
    if template.securityContext?["runAsUser"]?.int == 0 {
      setters.append("pod")
      evidence.append(template.evidence("securityContext", "runAsUser"))
    }
    let bad = template.containers.filter { $0.securityContext?["runAsUser"]?.int == 0 }
    if !bad.isEmpty {
      setters.append(PodSecurityText.containers(bad.map(\.name)))
      evidence += bad.map { $0.evidence("securityContext", "runAsUser") }
    }
    guard !setters.isEmpty else { return nil }
    return PodSecurityViolation(
      reason: "runAsUser=0", detail: setters.joined(separator: " and ") + " must not set runAsUser=0",
      evidence: evidence, edits: evidence.map { Edit($0.path, .set(.int(10001))) })
  }
}
