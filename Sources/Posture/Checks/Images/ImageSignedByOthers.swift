import Findings
import Images
package import Kube
package import PodSecurity

/// Images that are signed, and not by those whom the image policy names.
package struct ImageSignedByOthers: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "image-signed-by-others", title: "Image signed by somebody else", area: .images, severity: .high,
    rationale:
      "The image carries a signature, and none of those whom the image policy expects has made it, or none of theirs is valid. A signature says no more than who signed: one of a stranger is worth less than none.",
    remediation:
      "Find out who signed it (`bartizan image verify --explain`). Build and sign it by those who should, or name the signer in the policy.",
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
      guard answer.standing == .signedByOthers else { return nil }
      return "\(image) is not signed by those expected: \(answer.reasons.joined(separator: "; "))"
    }
  }
}
