import Bytes
import Findings
import PodSecurity

struct RegistryDebugServerOpen: RegistryCheck {
  let metadata = CheckMetadata(
    registry: "registry-debug-open", title: "Debug server open to the network", severity: .medium,
    rationale: "It shows profiles and variables of the process, and takes work from anybody.",
    remediation: "Bind http.debug.addr to 127.0.0.1, or leave it out.")

  func examine(_ configuration: RegistryConfiguration) -> [RegistryFault] {
    guard let debug = configuration.http?[path: "debug", "addr"], let text = debug.string, !text.hasPrefix("127."),
      !text.hasPrefix("localhost:")
    else { return [] }
    return [RegistryFault("http.debug.addr is \(text): profiles and metrics for anybody", at: "http.debug.addr", debug)]
  }
}
