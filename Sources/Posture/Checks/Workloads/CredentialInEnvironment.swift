import Bytes
import Findings
import Images
package import Kube
package import PodSecurity

/// Looks at literal values of `env`, `args` and `command` by `Credential`.
package struct CredentialInEnvironment: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "credential-in-environment", title: "Credential in the value of an environment variable", area: .workloads,
    severity: .high,
    rationale:
      "A password or key in a manifest is in git, in the API server's answers to anyone who may read pods, and in every backup of both.",
    remediation:
      "Put the value into a Secret or an external secret store and mount it as a file; then change the credential, since it has been seen.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            env:
              - name: DB_PASSWORD_FILE
                value: /run/secrets/db/password
            volumeMounts:
              - name: db
                mountPath: /run/secrets/db
                readOnly: true
        volumes:
          - name: db
            secret:
              secretName: db
      """,
    controls: [.cis("5.4.1"), .cis("5.4.2"), .nsa("authentication-and-authorization"), .mitre("T1552")],
    references: [
      Reference("Good practices for Secrets", "https://kubernetes.io/docs/concepts/security/secrets-good-practices/")
    ],
    aliases: [
      "kubescape:C-0012", "trivy:KSV-0109", "kube-linter:env-var-secret", "polaris:sensitiveContainerEnvVar",
      "checkov:CKV_SECRET_6",
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    var evidence: [Evidence] = []
    var names: [String] = []
    for container in workload.containers {
      for (index, variable) in (container.node["env"]?.elements ?? []).enumerated() {
        guard let name = variable["name"]?.string, let value = variable["value"]?.text,
          Credential.isCredential(name: name, value: value) || Credential.isInside(value, named: "")
        else { continue }
        names.append(name)
        evidence.append(
          Credential.evidence(variable["value"], path: "\(container.path).env[\(index)].value"))
      }
      for key in ["args", "command"] {
        let arguments = container.node[key]?.elements ?? []
        for (index, argument) in arguments.enumerated() {
          let flag = index > 0 ? arguments[index - 1].string ?? "" : ""
          guard let text = argument.string,
            Credential.isCredential(argument: text) || Credential.isCredential(flag: flag, value: text)
          else { continue }
          names.append("\(key)[\(index)]")
          evidence.append(Credential.evidence(argument, path: "\(container.path).\(key)[\(index)]"))
        }
      }
    }
    let verb = Phrase.noun(Set(names).count, "looks like a credential", "look like credentials")
    return .failing(on: evidence, "\(listed("value", names)) of the manifest \(verb)")
  }
}
