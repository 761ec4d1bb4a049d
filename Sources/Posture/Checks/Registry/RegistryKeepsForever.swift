import Findings
import Images
import PodSecurity

struct RegistryKeepsForever: RegistryCheck {
  let metadata = CheckMetadata(
    registry: "registry-kept-forever", title: "No lifecycle policy", severity: .low,
    rationale: "Old images stay pullable with all that was found in them since, and the store grows until it is full.",
    remediation: "Give the repository a lifecycle or cleanup policy.")

  func examine(_ seen: RegistryObservation, _ context: RegistryContext) -> [RegistryFault] {
    seen.repositories.filter { $0.isKeptForever == true }.map {
      let place = "\(seen.registry)/\($0.name)"
      return RegistryFault("\(place) has no lifecycle policy: images are never removed", at: place, value: "no policy")
    }
  }
}
