import Findings
import Images
package import Kube
package import PodSecurity

/// Images whose attestations are not what the policy asks for, or name another source than the image does.
package struct ImageProvenanceMismatch: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "image-provenance-mismatch", title: "Provenance does not match", area: .images, severity: .high,
    rationale:
      "A signature says whose the image is, provenance how it was made. Here an attestation that the policy requires is missing or says something else, or it names another source than the image itself: the image may have been built from something that nobody has reviewed.",
    remediation:
      "Compare what is attested (`bartizan image provenance`) with the pipeline, and build the image there again.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.3
      """,
    controls: [.nsa("supply-chain"), .mitre("T1525")],
    references: [Reference("SLSA: verifying artifacts", "https://slsa.dev/spec/v1.0/verifying-artifacts")])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    guard let images = context.imageTrust else { return .notApplicable }
    return ImageTrustFinding.outcome(of: workload, images) { image, answer in
      if let mismatch = answer.sourceMismatch { return "\(image): \(mismatch)" }
      guard answer.standing == .attestationMissing else { return nil }
      return "\(image) lacks an attestation: \(answer.reasons.joined(separator: "; "))"
    }
  }
}
