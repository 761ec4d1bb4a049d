import Bytes
import Findings
import Images
import PodSecurity

struct RegistryCredentialInConfiguration: RegistryCheck {
  let metadata = CheckMetadata(
    registry: "registry-credential-in-configuration", title: "Credential in the configuration", severity: .medium,
    rationale: "Whoever reads the file, a backup or a repository of it has the storage behind the registry.",
    remediation: "Take it from the environment or a mounted Secret (REGISTRY_… variables).")

  func examine(_ configuration: RegistryConfiguration) -> [RegistryFault] {
    var found: [RegistryFault] = []
    Self.walk(configuration.root, "", 0, &found)
    return found
  }

  /// Storage drivers write names of keys in one word.
  private static let knownNames = [
    "accesskey": "access_key", "secretkey": "secret_key", "accountkey": "account_key",
  ]

  private static func walk(_ node: DocumentNode, _ path: String, _ depth: Int, _ found: inout [RegistryFault]) {
    guard depth < 32 else { return }
    for entry in node.entries {
      let place = path.isEmpty ? entry.key : path + "." + entry.key
      if let value = entry.value.string, place != "http.secret",
        Credential.isCredential(name: knownNames[entry.key] ?? entry.key, value: value)
      {
        found.append(
          RegistryFault("\(place) holds a credential (hidden, \(value.count) characters)", at: place, entry.value))
      }
      walk(entry.value, place, depth + 1, &found)
    }
  }
}
