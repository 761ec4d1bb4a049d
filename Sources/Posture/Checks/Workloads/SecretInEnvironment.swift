import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for `secretKeyRef` and `secretRef`; a literal credential is left to `CredentialInEnvironment`.
package struct SecretInEnvironment: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "secret-in-environment", title: "Secret in an environment variable", area: .workloads,
    severity: .low,
    rationale:
      "Environment variables are inherited by every child process, printed by crash reports and debug pages, and shown by `kubectl exec`. A file is read by who opens it, and follows a rotation.",
    remediation:
      "Mount the Secret as a volume and let the program read the file.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            volumeMounts:
              - name: db
                mountPath: /run/secrets/db
                readOnly: true
        volumes:
          - name: db
            secret:
              secretName: db
      """,
    controls: [.cis("5.4.1"), .mitre("T1552")],
    references: [
      Reference("Good practices for Secrets", "https://kubernetes.io/docs/concepts/security/secrets-good-practices/")
    ],
    aliases: ["kubescape:C-0207", "kube-linter:read-secret-from-env-var", "checkov:CKV_K8S_35"])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    var evidence: [Evidence] = []
    for container in workload.containers {
      for (index, variable) in (container.node["env"]?.elements ?? []).enumerated()
      where variable[path: "valueFrom", "secretKeyRef"] != nil {
        evidence.append(
          Evidence(
            in: variable, path: "\(container.path).env[\(index)]", ["valueFrom", "secretKeyRef", "name"]))
      }
      for (index, source) in (container.node["envFrom"]?.elements ?? []).enumerated() where source["secretRef"] != nil {
        evidence.append(Evidence(in: source, path: "\(container.path).envFrom[\(index)]", ["secretRef", "name"]))
      }
    }
    return .failing(
      on: evidence,
      "\(listed("Secret", evidence.compactMap(\.value))) \(verb(evidence.compactMap(\.value), "is", "are")) handed over in the environment"
    )
  }
}
