import Bytes
import Findings
import Images
import PodSecurity

struct RegistryWithoutTLS: RegistryCheck {
  let metadata = CheckMetadata(
    registry: "registry-without-tls", title: "No TLS", severity: .critical,
    rationale: "Images and credentials can be read and changed by anybody on the way.",
    remediation: "Give it a certificate (http.tls), or put it behind a proxy that has one.")

  func examine(_ seen: RegistryObservation, _ context: RegistryContext) -> [RegistryFault] {
    guard seen.isPlain else { return [] }
    return [
      RegistryFault(
        "\(seen.registry) speaks HTTP: images and credentials can be read and changed on their way", at: "http")
    ]
  }

  func examine(_ configuration: RegistryConfiguration) -> [RegistryFault] {
    let tls = configuration.http?["tls"]
    guard tls?["certificate"] == nil, tls?["letsencrypt"] == nil, !configuration.listensOnLoopback else { return [] }
    let listening =
      configuration.address.isEmpty ? "it listens on every address" : "\(configuration.address) is open to the network"
    return [RegistryFault("http.tls is not set, and \(listening)", at: "http.tls", configuration.http)]
  }
}
