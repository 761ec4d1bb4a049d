import Findings
import Images
import PodSecurity

struct RegistryMovableTags: RegistryCheck {
  let metadata = CheckMetadata(
    registry: "registry-movable-tags", title: "Mutable tags", severity: .low,
    rationale: "Who may push may put another program under a name that runs already.",
    remediation: "Make tags of the repository immutable, and deploy by digest.")

  func examine(_ seen: RegistryObservation, _ context: RegistryContext) -> [RegistryFault] {
    seen.repositories.filter { $0.canMoveTags == true }.map {
      let place = "\(seen.registry)/\($0.name)"
      return RegistryFault("tags of \(place) can be moved", at: place, value: "mutable")
    }
  }
}
