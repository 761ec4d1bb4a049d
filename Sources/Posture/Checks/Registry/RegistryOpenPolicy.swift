import Findings
import Images
import PodSecurity

struct RegistryOpenPolicy: RegistryCheck {
  let metadata = CheckMetadata(
    registry: "registry-open-policy", title: "Repository policy open to everybody", severity: .high,
    rationale: "The policy of the repository allows what it allows to every account of the cloud, or to the world.",
    remediation: "Name the accounts that need it as principals; take \"*\", allUsers and allAuthenticatedUsers away.")

  func examine(_ seen: RegistryObservation, _ context: RegistryContext) -> [RegistryFault] {
    seen.repositories.filter { !$0.openActions.isEmpty && !$0.isOpenForWriting }.map {
      let place = "\(seen.registry)/\($0.name)"
      return RegistryFault(
        "everybody may \($0.openActions.joined(separator: ", ")) in \(place)", at: place, value: "everybody")
    }
  }
}
