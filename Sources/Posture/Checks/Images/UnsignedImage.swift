import Findings
import Images
package import Kube
package import PodSecurity

/// Images that an image policy is about and that nobody has signed.
package struct UnsignedImage: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "unsigned-image", title: "Image without a signature", area: .images, severity: .high,
    rationale:
      "An image policy says who signs this image, and nobody has. Whoever may push to its registry, or stands between it and the nodes, decides what runs.",
    remediation:
      "Have the pipeline sign the image by its digest (`bartizan image sign`, `cosign sign`), or name an exception with a reason and an end in the policy.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.3
      """,
    controls: [.cis("5.5.1"), .nsa("supply-chain"), .mitre("T1525")],
    references: [
      Reference(
        "Verify Signed Kubernetes Artifacts",
        "https://kubernetes.io/docs/tasks/administer-cluster/verify-signed-artifacts/")
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    guard let images = context.imageTrust else { return .notApplicable }
    return ImageTrustFinding.outcome(of: workload, images) { image, answer in
      answer.standing == .unsigned ? "\(image) is not signed" : nil
    }
  }
}
