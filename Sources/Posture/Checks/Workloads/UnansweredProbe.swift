import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks up the names of ports that probes and hooks ask among the ports of their container. A number needs no such entry.
package struct UnansweredProbe: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "unanswered-probe", title: "Probe of a port that the container does not have", area: .workloads, severity: .low,
    rationale:
      "The kubelet cannot tell which port is meant, so that the probe fails for ever: the pod gets no traffic, or is killed again and again.",
    remediation:
      "Give the port that name in `ports` of the container, or ask for the number.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            ports:
              - name: http
                containerPort: 8080
            readinessProbe:
              httpGet:
                path: /ready
                port: http
      """,
    controls: [.nsa("pod-security"), .mitre("T1499")],
    references: [
      Reference(
        "Probes",
        "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/")
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    var evidence: [Evidence] = []
    for container in workload.containers {
      let names = Set((container.node["ports"]?.elements ?? []).compactMap { $0["name"]?.string })
      func look(_ keys: String...) {
        for handler in ["httpGet", "tcpSocket"] {
          guard let node = keys.reduce(Optional(container.node), { $0?[$1] })?[handler],
            let port = node["port"]?.string, Int(port) == nil, !port.isEmpty, !names.contains(port)
          else { continue }
          let path = ([container.path] + keys + [handler]).joined(separator: ".")
          evidence.append(Evidence(in: node, path: path, ["port"]))
        }
      }
      for probe in ["livenessProbe", "readinessProbe", "startupProbe"] { look(probe) }
      for hook in ["postStart", "preStop"] { look("lifecycle", hook) }
    }
    return .failing(on: evidence, "its container has no \(listed("port", evidence.compactMap(\.value)))")
  }
}
