import Findings
import Images
import PodSecurity

struct MissingHealthCheck: ImageCheck {
  let metadata = CheckMetadata(
    id: "image-no-health-check", title: "No health check", severity: .info,
    rationale:
      "Docker and Podman restart what is unwell only when they can tell. Kubernetes asks its own probes instead.",
    remediation: "Add HEALTHCHECK where it runs without Kubernetes; probes to its Pods where it runs in it.",
    benchmark: "4.6")
  let parts: Set<ImagePart> = [.configuration]

  func examine(_ image: ReviewedImage) -> [BuildMistake] {
    guard let configuration = image.configuration, !configuration.hasHealthCheck else { return [] }
    return [BuildMistake("it has no HEALTHCHECK", at: "HEALTHCHECK", value: "none")]
  }
}
