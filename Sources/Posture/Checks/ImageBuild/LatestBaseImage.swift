import Findings
import Images
import PodSecurity

struct LatestBaseImage: ImageCheck {
  let metadata = CheckMetadata(
    id: "image-latest-base", title: "Base image without a fixed version", severity: .low,
    rationale: "The same build gives another image each time its base moves, and nobody can tell what it was built on.",
    remediation: "Name a version, or better a digest, in FROM; let a bot move it.", benchmark: "4.2")
  let parts: Set<ImagePart> = [.configuration]

  func examine(_ image: ReviewedImage) -> [BuildMistake] {
    let label = "org.opencontainers.image.base.name"
    guard let base = image.configuration?.labels.first(where: { $0.key == label })?.value, !base.isEmpty,
      let reference = ImageReference(base), reference.digest == nil, reference.tag ?? "latest" == "latest"
    else { return [] }
    return [
      BuildMistake("it was built on \(base), which means another image every time", at: "LABEL \(label)", value: base)
    ]
  }
}
