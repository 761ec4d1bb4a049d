import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for a `containerPort` below 1024. A port that the manifest does not name is not seen.
package struct PrivilegedPort: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "privileged-port", title: "Listens on a privileged port", area: .workloads, severity: .info,
    rationale:
      "Ports below 1024 need root, a capability or a sysctl; images that use them keep more rights than they need.",
    remediation:
      "Listen above 1023 and let the Service offer the well-known port.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            ports:
              - containerPort: 8080
      """,
    controls: [.nsa("pod-security")],
    references: [
      Reference(
        "Services: port definitions",
        "https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports")
    ],
    aliases: [
      "trivy:KSV-0117", "kube-linter:privileged-ports",
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    var evidence: [Evidence] = []
    for container in workload.containers {
      for (index, port) in (container.node["ports"]?.elements ?? []).enumerated() {
        guard let number = port["containerPort"]?.int, (1..<1024).contains(number) else { continue }
        evidence.append(Evidence(in: port, path: "\(container.path).ports[\(index)]", ["containerPort"]))
      }
    }
    let ports = evidence.compactMap(\.value)
    return .failing(on: evidence, "\(listed("port", ports)) \(verb(ports, "is", "are")) below 1024")
  }
}
