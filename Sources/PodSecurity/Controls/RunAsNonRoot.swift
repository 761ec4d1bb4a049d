import Bytes
import Findings
import Kube

extension PodSecurityControl {
  static let runAsNonRoot = PodSecurityControl(
    id: "runAsNonRoot", level: .restricted, revisions: [(0, nonRoot), (35, exceptUserNamespaces(nonRoot))],
    metadata: CheckMetadata(
      id: "pss-run-as-non-root", title: "May run as root", area: .podSecurity, severity: .medium,
      rationale:
        "Root in the container is root of the node for the kernel: files on mounts, sockets and a flaw in the runtime give it the node, where another user gets nothing.",
      remediation:
        "Set `runAsNonRoot: true` for the pod, and a numeric `runAsUser` where the image's user is a name or root.",
      example: """
        spec:
          securityContext:
            runAsNonRoot: true
            runAsUser: 10001
        """,
      controls: [.pss("restricted/runAsNonRoot"), .cis("5.2.7"), .nsa("pod-security"), .mitre("T1611")],
      references: [standardsPage],
      aliases: [
        "kubescape:C-0013", "trivy:KSV-0012", "kube-linter:run-as-non-root", "polaris:runAsRootAllowed",
        "checkov:CKV_K8S_23",
      ]))

  private static let nonRoot: Rule = { template in
    var setters: [String] = []
    var evidence: [Evidence] = []
    var podSaysTrue = false
    if let value = template.securityContext?["runAsNonRoot"]?.bool {
      podSaysTrue = value
      if !value {
        setters.append("pod")
        evidence.append(template.evidence("securityContext", "runAsNonRoot"))
      }
    }
    var explicit: [Container] = []
    var implicit: [Container] = []
    for container in template.containers {
      switch container.securityContext?["runAsNonRoot"]?.bool {
      case true?: continue
      case false?: explicit.append(container)
      case nil: if !podSaysTrue { implicit.append(container) }
      }
    }
    if !explicit.isEmpty {
      setters.append(PodSecurityText.containers(explicit.map(\.name)))
      evidence += explicit.map { $0.evidence("securityContext", "runAsNonRoot") }
    }
    if !setters.isEmpty {
      return PodSecurityViolation(
        reason: "runAsNonRoot != true",
        detail: setters.joined(separator: " and ") + " must not set securityContext.runAsNonRoot=false",
        evidence: evidence, edits: evidence.map { Edit($0.path, .set(.bool(true))) })
    }
    guard !implicit.isEmpty else { return nil }
    return PodSecurityViolation(
      reason: "runAsNonRoot != true",
      detail: "pod or \(PodSecurityText.containers(implicit.map(\.name))) must set securityContext.runAsNonRoot=true",
      evidence: [template.evidence("securityContext", "runAsNonRoot")],
      edits: [Edit(template.path + ".securityContext.runAsNonRoot", .set(.bool(true)))])
  }
}
