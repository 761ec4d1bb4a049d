import Bytes
import Findings
import Kube

extension PodSecurityControl {
  static let windowsHostProcess = PodSecurityControl(
    id: "windowsHostProcess", level: .baseline,
    revisions: [
      (
        0,
        { template in
          var setters: [String] = []
          var evidence: [Evidence] = []
          if template.securityContext?["windowsOptions"]?["hostProcess"]?.bool == true {
            setters.append("pod")
            evidence.append(template.evidence("securityContext", "windowsOptions", "hostProcess"))
          }
          let bad = template.containers.filter {
            $0.securityContext?["windowsOptions"]?["hostProcess"]?.bool == true
          }
          if !bad.isEmpty { setters.append(PodSecurityText.containers(bad.map(\.name))) }
          evidence += bad.map { $0.evidence("securityContext", "windowsOptions", "hostProcess") }
          guard !setters.isEmpty else { return nil }
          return PodSecurityViolation(
            reason: "hostProcess",
            detail: setters.joined(separator: " and ")
              + " must not set securityContext.windowsOptions.hostProcess=true",
            evidence: evidence, edits: evidence.map { Edit($0.path, .remove) })
        }
      )
    ],
    metadata: CheckMetadata(
      id: "pss-windows-host-process", title: "Windows HostProcess container", area: .podSecurity, severity: .critical,
      rationale: "A HostProcess container runs on the Windows node itself, with its files, network and accounts.",
      remediation: "Remove `windowsOptions.hostProcess`.",
      example: """
        spec:
          os:
            name: windows
          securityContext:
            windowsOptions:
              hostProcess: false
        """,
      controls: [.pss("baseline/windowsHostProcess"), .cis("5.2.10"), .nsa("pod-security"), .mitre("T1611")],
      references: [standardsPage], aliases: ["trivy:KSV-0103", "polaris:hostProcess"]))
}
