import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for images without a digest and with the tag `latest` or none.
package struct UnpinnedImage: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "unpinned-image", title: "Image without a fixed version", area: .workloads, severity: .medium,
    rationale:
      "`latest`, or no tag at all, means whatever the registry holds on the day the node pulls: two replicas may differ, a rollback may not roll back, and a tag that was replaced by an attacker is run without a change on our side.",
    remediation:
      "Name a version, or better a digest: `image@sha256:…`.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
      """,
    controls: [.cis("5.5.1"), .nsa("supply-chain"), .mitre("T1525")],
    references: [
      Reference("Images: image names", "https://kubernetes.io/docs/concepts/containers/images/#image-names")
    ],
    aliases: [
      "kubescape:C-0075", "trivy:KSV-0013", "kube-linter:latest-tag", "polaris:tagNotSpecified", "checkov:CKV_K8S_14",
      "kube-score:container-image-tag",
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    let bad = workload.template.imagePlaces.filter { Self.isUnpinned($0.image) }
    return .failing(
      on: bad.map(\.evidence),
      "\(listed("image", bad.map(\.image))) may be another one tomorrow")
  }

  static func isUnpinned(_ image: String) -> Bool {
    if image.contains("@") { return false }
    let name = image.split(separator: "/").last ?? ""
    guard let colon = name.firstIndex(of: ":") else { return true }
    return name[name.index(after: colon)...] == "latest"
  }
}
