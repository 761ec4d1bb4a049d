import Findings
import Images
import PodSecurity

struct RegistrySignUp: RegistryCheck {
  let metadata = CheckMetadata(
    registry: "registry-sign-up", title: "Anybody may make an account", severity: .medium,
    rationale:
      "Who has an account sees what every user sees, may make projects, and may ask to be let into others; a password costs an attacker nothing.",
    remediation: "Turn self-registration off, or let accounts come from a directory.")

  func examine(_ seen: RegistryObservation, _ context: RegistryContext) -> [RegistryFault] {
    guard seen.letsAnybodySignUp == true else { return [] }
    return [
      RegistryFault(
        "\(seen.registry) (\(seen.product ?? "a registry")) lets anybody make an account", at: "self-registration",
        value: "true")
    ]
  }
}
