import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for the administrator accounts of Windows containers in `runAsUserName`, for the pod and for each container.
package struct WindowsAdministrator: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "windows-administrator", title: "Runs as the Windows administrator", area: .workloads, severity: .high,
    rationale:
      "ContainerAdministrator may change everything in the container, its services and registry included; flaws in the isolation of Windows containers start from there.",
    remediation:
      "Run as ContainerUser, or a user of the image.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            securityContext:
              windowsOptions:
                runAsUserName: ContainerUser
      """,
    controls: [.cis("5.2.7"), .nsa("pod-security"), .mitre("T1611")],
    references: [
      Reference("RunAsUserName", "https://kubernetes.io/docs/tasks/configure-pod-container/configure-runasusername/")
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    func isAdministrator(_ context: DocumentNode?) -> Bool {
      context?[path: "windowsOptions", "runAsUserName"]?.string.map(Self.isOne) ?? false
    }
    var evidence: [Evidence] = []
    if isAdministrator(workload.template.securityContext) {
      evidence.append(workload.template.evidence("securityContext", "windowsOptions", "runAsUserName"))
    }
    evidence += workload.containers.filter { isAdministrator($0.securityContext) }
      .map { $0.evidence("securityContext", "windowsOptions", "runAsUserName") }
    return .failing(
      on: evidence, "\(listed("user", evidence.compactMap(\.value))) may change everything in the container")
  }

  /// - Parameter name: of a user, with its domain before a backslash or without.
  static func isOne(_ name: String) -> Bool {
    let name = name.lowercased()
    let account = name.split(separator: "\\").last ?? ""
    return account == "containeradministrator" || account == "administrator" || name == "nt authority\\system"
  }
}
