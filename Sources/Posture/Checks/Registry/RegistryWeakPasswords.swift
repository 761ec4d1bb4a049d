import Bytes
import Findings
import PodSecurity

struct RegistryWeakPasswords: RegistryCheck {
  let metadata = CheckMetadata(
    registry: "registry-weak-passwords", title: "Passwords hashed weakly", severity: .high,
    rationale: "Whoever gets the file finds the passwords in minutes.",
    remediation: "Make the entries anew with bcrypt (`htpasswd -B`).")

  func examine(_ configuration: RegistryConfiguration) -> [RegistryFault] {
    guard let list = configuration.root["auth"]?["htpasswd"], let passwords = configuration.passwords else { return [] }
    let weak = String(decoding: passwords, as: UTF8.self).split(whereSeparator: \.isNewline).count { line in
      guard !line.hasPrefix("#"), let colon = line.firstIndex(of: ":") else { return false }
      return !["$2y$", "$2a$", "$2b$"].contains { line[line.index(after: colon)...].hasPrefix($0) }
    }
    guard weak > 0 else { return [] }
    return [
      RegistryFault("\(weak) of its passwords are not hashed with bcrypt", at: "auth.htpasswd.path", list["path"])
    ]
  }
}
