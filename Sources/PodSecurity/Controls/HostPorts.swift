import Bytes
import Findings
import Kube

extension PodSecurityControl {
  static let hostPorts = PodSecurityControl(
    id: "hostPorts", level: .baseline,
    revisions: [
      (
        0,
        { template in
          var names: [String] = []
          var ports = Set<String>()
          var evidence: [Evidence] = []
          for container in template.containers {
            var found = false
            for (index, port) in (container.node["ports"]?.elements ?? []).enumerated() {
              guard let number = port["hostPort"]?.int, number != 0 else { continue }
              found = true
              ports.insert(String(number))
              evidence.append(Evidence(in: port, path: "\(container.path).ports[\(index)]", ["hostPort"]))
            }
            if found { names.append(container.name) }
          }
          guard !names.isEmpty else { return nil }
          let uses = PodSecurityText.plural("uses", "use", names.count)
          let noun = PodSecurityText.plural("hostPort", "hostPorts", ports.count)
          return PodSecurityViolation(
            reason: "hostPort",
            detail: "\(PodSecurityText.containers(names)) \(uses) \(noun) \(ports.sorted().joined(separator: ", "))",
            evidence: evidence, edits: evidence.map { Edit($0.path, .remove) })
        }
      )
    ],
    metadata: CheckMetadata(
      id: "pss-host-ports", title: "Uses a host port", area: .podSecurity, severity: .medium,
      rationale:
        "A hostPort listens on the node's own address, past Services and often past network policies, and ties the pod to the nodes where the port is free.",
      remediation: "Remove `hostPort` and put a Service in front of the pods.",
      example: """
        spec:
          containers:
            - name: app
              image: registry.example.com/app:1.4.2
              ports:
                - containerPort: 8080
        """,
      controls: [.pss("baseline/hostPorts"), .cis("5.2.12"), .nsa("network-separation")],
      references: [standardsPage],
      aliases: ["kubescape:C-0044", "trivy:KSV-0024", "polaris:hostPortSet", "checkov:CKV_K8S_26"]))
}
