import Findings
import Images
import PodSecurity

struct RegistryCertificateNotTrusted: RegistryCheck {
  let metadata = CheckMetadata(
    registry: "registry-bad-certificate", title: "Untrusted certificate", severity: .high,
    rationale: "Clients can tell the registry from an impostor only by its certificate.",
    remediation:
      "Give it a certificate of an authority that its clients trust; who turns verification off trusts anybody.")

  func examine(_ seen: RegistryObservation, _ context: RegistryContext) -> [RegistryFault] {
    seen.certificateTrouble.map { [RegistryFault($0, at: "certificate")] } ?? []
  }
}
