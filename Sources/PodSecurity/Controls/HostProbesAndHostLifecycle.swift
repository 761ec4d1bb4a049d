import Bytes
import Findings
import Kube

extension PodSecurityControl {
  static let hostProbesAndHostLifecycle = PodSecurityControl(
    id: "hostProbesAndHostLifecycle", level: .baseline,
    revisions: [
      (
        34,
        { template in
          var names: [String] = []
          var hosts = Set<String>()
          var evidence: [Evidence] = []
          for container in template.containers {
            var found = false
            for handler in handlers {
              for action in ["httpGet", "tcpSocket"] {
                let keys = handler + [action, "host"]
                var node: DocumentNode? = container.node
                for key in keys { node = node?[key] }
                guard let host = node?.text, !host.isEmpty else { continue }
                found = true
                hosts.insert(host)
                evidence.append(Evidence(in: container.node, path: container.path, keys))
              }
            }
            if found { names.append(container.name) }
          }
          guard !names.isEmpty else { return nil }
          let uses = PodSecurityText.plural("uses", "use", names.count)
          let noun = PodSecurityText.plural("host", "hosts", hosts.count)
          return PodSecurityViolation(
            reason: "probe or lifecycle host",
            detail:
              "\(PodSecurityText.containers(names)) \(uses) probe or lifecycle \(noun) \(PodSecurityText.quoted(hosts.sorted()))",
            evidence: evidence, edits: evidence.map { Edit($0.path, .remove) })
        }
      )
    ],
    metadata: CheckMetadata(
      id: "pss-probe-hosts", title: "Probe or lifecycle hook names another host", area: .podSecurity, severity: .medium,
      rationale:
        "The kubelet runs probes and hooks from the node's network. A `host` field makes it send requests wherever the author of the pod likes: to cloud metadata, to the kubelet itself, past network policies.",
      remediation: "Remove the `host` field; probes then go to the pod's own address.",
      example: """
        spec:
          containers:
            - name: app
              image: registry.example.com/app:1.4.2
              readinessProbe:
                httpGet:
                  path: /ready
                  port: 8080
        """,
      controls: [.pss("baseline/hostProbesAndHostLifecycle"), .nsa("network-separation"), .mitre("T1552")],
      references: [standardsPage]))

  private static let handlers: [[String]] = [
    ["livenessProbe"], ["readinessProbe"], ["startupProbe"], ["lifecycle", "postStart"], ["lifecycle", "preStop"],
  ]
}
