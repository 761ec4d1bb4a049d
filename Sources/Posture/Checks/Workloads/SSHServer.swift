import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for a container port 22 over TCP. A port that the manifest does not name is not seen.
package struct SSHServer: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "ssh-server", title: "Runs an SSH server", area: .workloads, severity: .medium,
    rationale:
      "A shell service inside a pod is a way in past the API server: no audit log, no RBAC, keys that nobody rotates.",
    remediation:
      "Remove the server and port 22; use `kubectl exec`, which is authorised and audited.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            ports:
              - containerPort: 8080
      """,
    controls: [.nsa("network-separation"), .mitre("T1021")],
    references: [
      Reference("MITRE ATT&CK T1021: Remote Services", "https://attack.mitre.org/techniques/T1021/")
    ],
    aliases: ["kubescape:C-0042", "kube-linter:ssh-port"])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    var evidence: [Evidence] = []
    for container in workload.containers {
      for (index, port) in (container.node["ports"]?.elements ?? []).enumerated()
      where port["containerPort"]?.int == 22 && (port["protocol"]?.string ?? "TCP") == "TCP" {
        evidence.append(Evidence(in: port, path: "\(container.path).ports[\(index)]", ["containerPort"]))
      }
    }
    return .failing(on: evidence, "port 22 is open in the pod")
  }
}
