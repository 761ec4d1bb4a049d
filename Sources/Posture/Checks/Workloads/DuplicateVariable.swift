import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for a name that occurs twice in one container's `env`; the last value wins.
package struct DuplicateVariable: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "duplicate-variable", title: "Environment variable set twice", area: .workloads, severity: .info,
    rationale:
      "The last one wins without a word; a setting that was hardened above is undone below, and nobody sees it.",
    remediation:
      "Keep one of them.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            env:
              - name: TLS
                value: required
      """,
    controls: [.nsa("pod-security")],
    references: [
      Reference(
        "Environment variables",
        "https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/")
    ],
    aliases: ["kube-linter:duplicate-env-var", "kube-score:environment-variable-key-duplication", "kubescape:C-0295"])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    var evidence: [Evidence] = []
    for container in workload.containers {
      var seen = Set<String>()
      for (index, variable) in (container.node["env"]?.elements ?? []).enumerated() {
        guard let name = variable["name"]?.string, !seen.insert(name).inserted else { continue }
        evidence.append(Evidence(in: variable, path: "\(container.path).env[\(index)]", ["name"]))
      }
    }
    return .failing(on: evidence, "\(listed("variable", evidence.compactMap(\.value))) is set twice in one container")
  }
}
