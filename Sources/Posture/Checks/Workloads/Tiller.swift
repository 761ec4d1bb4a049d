import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for an image named `tiller`, from any registry and with any tag.
package struct Tiller: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "tiller", title: "Helm 2 Tiller", area: .workloads, severity: .high,
    rationale:
      "Tiller takes orders from anybody who reaches its port and carries them out, mostly as cluster admin. It has had no fixes since 2020.",
    remediation:
      "Move to Helm 3, which needs no server, and remove Tiller.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
      """,
    controls: [.nsa("supply-chain"), .mitre("T1072")],
    references: [
      Reference("Helm 2 is unsupported", "https://helm.sh/blog/helm-2-becomes-unsupported/")
    ],
    aliases: ["trivy:KSV-0102", "checkov:CKV_K8S_34", "checkov:CKV_K8S_45", "checkov:CKV_K8S_44"])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    let bad = workload.containers.filter { container in
      guard let name = container.image?.split(separator: "/").last else { return false }
      return name == "tiller" || name.hasPrefix("tiller:") || name.hasPrefix("tiller@")
    }
    return .failing(on: bad.map { $0.evidence("image") }, "it runs Tiller")
  }
}
