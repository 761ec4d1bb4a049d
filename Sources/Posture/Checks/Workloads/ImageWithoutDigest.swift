import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for images with a tag other than `latest` and no digest. Untagged images and `latest` are left to
/// `UnpinnedImage`.
package struct ImageWithoutDigest: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "image-without-digest", title: "Image referenced by tag, not by digest", area: .workloads, severity: .info,
    rationale:
      "A tag can be moved. Only a digest names the bytes that were tested, scanned and signed.",
    remediation:
      "Name images as `name:tag@sha256:…`; most update tools keep both current.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
      """,
    controls: [.cis("5.5.1"), .nsa("supply-chain"), .mitre("T1525")],
    references: [
      Reference("Images: digests", "https://kubernetes.io/docs/concepts/containers/images/#image-names")
    ],
    aliases: ["checkov:CKV_K8S_43", "kubescape:C-0306"])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    let bad = workload.containers.filter {
      $0.image.map { !$0.contains("@") && !UnpinnedImage.isUnpinned($0) } ?? false
    }
    return .failing(
      on: bad.map { $0.evidence("image") },
      "\(listed("image", bad.compactMap(\.image))) may be moved to other bytes by whoever may push")
  }
}
