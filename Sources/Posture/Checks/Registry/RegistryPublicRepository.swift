import Findings
import Images
import PodSecurity

struct RegistryPublicRepository: RegistryCheck {
  let metadata = CheckMetadata(
    registry: "registry-public-repository", title: "Public repository", severity: .low,
    rationale: "Images hold code, configuration and often credentials; whoever looks for them reads them.",
    remediation: "Make it private, unless it is meant for the public.")

  func examine(_ seen: RegistryObservation, _ context: RegistryContext) -> [RegistryFault] {
    seen.repositories.filter { $0.isPublic == true }.map {
      let place = "\(seen.registry)/\($0.name)"
      return RegistryFault("\(place) is public", at: place, value: "public")
    }
  }
}
