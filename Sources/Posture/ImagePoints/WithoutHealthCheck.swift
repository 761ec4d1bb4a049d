import Findings
import Images

extension ImagePoint {
  static let withoutHealthCheck = ImagePoint(
    id: "image-no-health-check", title: "Nothing tells whether it is well", severity: .info,
    rationale:
      "Docker and Podman restart what is unwell only when they can tell. Kubernetes asks its own probes instead.",
    remediation: "Add HEALTHCHECK where it runs without Kubernetes; probes to its Pods where it runs in it.",
    benchmark: "4.6"
  ) { image in
    guard let configuration = image.configuration, !configuration.hasHealthCheck else { return [] }
    return [Sighting("it has no HEALTHCHECK", at: "HEALTHCHECK", value: "none")]
  }
}
