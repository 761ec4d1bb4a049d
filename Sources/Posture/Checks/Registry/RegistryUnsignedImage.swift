import Findings
import Images
import PodSecurity

struct RegistryUnsignedImage: RegistryCheck {
  let metadata = CheckMetadata(
    registry: "registry-unsigned-image", title: "Image without a signature", severity: .low,
    rationale: "Without a signature nobody can tell who built it, or that it is what was built.",
    remediation: "Sign what the build pushes (cosign, notation), and verify it at admission.")

  func examine(_ seen: RegistryObservation, _ context: RegistryContext) -> [RegistryFault] {
    seen.images.filter { $0.isSigned == false }.map {
      RegistryFault("\($0.reference) has no signature", at: $0.reference, value: $0.digest)
    }
  }
}
