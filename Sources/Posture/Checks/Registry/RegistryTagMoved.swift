import Findings
import Images
import PodSecurity

struct RegistryTagMoved: RegistryCheck {
  let metadata = CheckMetadata(
    registry: "registry-tag-moved", title: "Tag moved to another image", severity: .medium,
    rationale: "The same name pulls another program than was tested: by a release, or by an intruder.",
    remediation: "Find out who moved it; let tags of versions be written once, and deploy by digest.")

  func examine(_ seen: RegistryObservation, _ context: RegistryContext) -> [RegistryFault] {
    seen.images.compactMap { image in
      guard let before = context.digests[image.reference], before != image.digest else { return nil }
      return RegistryFault(
        "\(image.reference) was \(before.prefix(19))… and is \(image.digest.prefix(19))… now", at: image.reference,
        value: image.digest)
    }
  }
}
