import Bytes
import Findings
import Images
import PodSecurity

struct RegistryAcceptsOldTLS: RegistryCheck {
  let metadata = CheckMetadata(
    registry: "registry-old-tls", title: "Accepts TLS older than 1.2", severity: .medium,
    rationale: "What goes over TLS 1.1 or older can be read and changed by known attacks.",
    remediation: "Set http.tls.minimumtls to tls1.2, or the proxy's own.")

  func examine(_ seen: RegistryObservation, _ context: RegistryContext) -> [RegistryFault] {
    seen.acceptsOldTLS == true ? [RegistryFault("\(seen.registry) accepts TLS 1.1 or older", at: "tls")] : []
  }

  func examine(_ configuration: RegistryConfiguration) -> [RegistryFault] {
    guard let version = configuration.http?["tls"]?["minimumtls"], let text = version.string,
      ["tls1.0", "tls1.1"].contains(text)
    else { return [] }
    return [RegistryFault("http.tls.minimumtls is \(text)", at: "http.tls.minimumtls", version)]
  }
}
