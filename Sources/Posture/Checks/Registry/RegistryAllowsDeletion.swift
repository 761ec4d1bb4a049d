import Bytes
import Findings
import Images
import PodSecurity

struct RegistryAllowsDeletion: RegistryCheck {
  let metadata = CheckMetadata(
    registry: "registry-deletion", title: "Images can be deleted", severity: .low,
    rationale: "Who may delete can take away what runs, and what would show an intrusion.",
    remediation:
      "Turn storage.delete.enabled off where nothing needs it, and keep who may delete apart from who may push.")

  func examine(_ seen: RegistryObservation, _ context: RegistryContext) -> [RegistryFault] {
    seen.allowsDeletion == true
      ? [RegistryFault("\(seen.registry) deletes manifests", at: "DELETE /v2/…/manifests/…")] : []
  }

  func examine(_ configuration: RegistryConfiguration) -> [RegistryFault] {
    let setting = configuration.root[path: "storage", "delete", "enabled"]
    guard setting?.bool == true else { return [] }
    return [RegistryFault("storage.delete.enabled is on", at: "storage.delete.enabled", setting)]
  }
}
