import Findings
import Images
import PodSecurity

struct RegistryListing: RegistryCheck {
  let metadata = CheckMetadata(
    registry: "registry-listing", title: "Catalogue listed without a login", severity: .low,
    rationale: "The list of what there is tells an intruder where to look.",
    remediation: "Ask for a login before the catalogue.")

  func examine(_ seen: RegistryObservation, _ context: RegistryContext) -> [RegistryFault] {
    seen.listsForAnybody
      ? [RegistryFault("\(seen.registry) lists its repositories without a login", at: "/v2/_catalog", value: "200")]
      : []
  }
}
