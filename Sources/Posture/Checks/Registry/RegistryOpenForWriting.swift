import Findings
import Images
import PodSecurity

struct RegistryOpenForWriting: RegistryCheck {
  let metadata = CheckMetadata(
    registry: "registry-open-for-writing", title: "Everybody may write to the repository", severity: .critical,
    rationale: "Everybody decides what the cluster runs.",
    remediation:
      "Take the actions that write away from everybody at once, and look for images that nobody of yours pushed.")

  func examine(_ seen: RegistryObservation, _ context: RegistryContext) -> [RegistryFault] {
    seen.repositories.filter { !$0.openActions.isEmpty && $0.isOpenForWriting }.map {
      let place = "\(seen.registry)/\($0.name)"
      return RegistryFault(
        "everybody may \($0.openActions.joined(separator: ", ")) in \(place)", at: place, value: "everybody")
    }
  }
}
