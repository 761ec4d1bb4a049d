import Findings
import Images
import PodSecurity

struct RegistryAnonymousPull: RegistryCheck {
  let metadata = CheckMetadata(
    registry: "registry-anonymous-pull", title: "Anonymous pull", severity: .medium,
    rationale: "Images hold code, configuration and often credentials; whoever can reach the registry reads them.",
    remediation: "Ask for a login, unless every image is meant for the public.")

  func examine(_ seen: RegistryObservation, _ context: RegistryContext) -> [RegistryFault] {
    seen.answersAnybody ? [RegistryFault("\(seen.registry) answers without a login", at: "/v2/", value: "200")] : []
  }
}
