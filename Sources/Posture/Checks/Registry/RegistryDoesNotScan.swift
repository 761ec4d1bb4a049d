import Findings
import Images
import PodSecurity

struct RegistryDoesNotScan: RegistryCheck {
  let metadata = CheckMetadata(
    registry: "registry-no-scan", title: "Images not scanned on push", severity: .info,
    rationale: "What is vulnerable in them is found later, or by nobody.",
    remediation: "Turn on scanning at the push, or scan in the pipeline: `bartizan image scan`.")

  func examine(_ seen: RegistryObservation, _ context: RegistryContext) -> [RegistryFault] {
    seen.repositories.filter { $0.scansOnPush == false }.map {
      let place = "\(seen.registry)/\($0.name)"
      return RegistryFault("what is pushed to \(place) is not scanned", at: place, value: "off")
    }
  }
}
