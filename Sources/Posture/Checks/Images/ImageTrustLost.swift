import Findings
import Images
package import Kube
package import PodSecurity

/// Images that were verified when they were admitted, and are not any more.
package struct ImageTrustLost: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "image-trust-lost", title: "Image that is no longer trusted", area: .images, severity: .high,
    rationale:
      "The admission webhook let the image in because its signature was good. Since then the signature has expired, its certificate was revoked, it is gone, or the policy has changed: nothing stops what already runs.",
    remediation:
      "Find out why (`bartizan image verify --explain`): replace the image where its signer is no longer trusted, sign it again where only time has passed.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.3
      """,
    controls: [.nsa("supply-chain"), .mitre("T1525")],
    references: [Reference("Signatures and attestations", "https://slsa.dev/spec/v1.0/verifying-artifacts")])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    guard let images = context.imageTrust else { return .notApplicable }
    return ImageTrustFinding.outcome(of: workload, images) { image, answer in
      guard let earlier = answer.verifiedBefore else { return nil }
      return "\(image) was verified at \(earlier) and is not now: \(answer.reasons.joined(separator: "; "))"
    }
  }
}
