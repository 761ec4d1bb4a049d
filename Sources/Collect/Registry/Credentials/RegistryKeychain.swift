import Findings
import Transport

/// Finds who we are for a registry: what was given, files and helpers of Docker and Podman, pull secrets, and the identity that a
/// cloud gives its machines.
struct RegistryKeychain {
  private let settings: RegistrySettings
  private let services: CloudService

  init(_ settings: RegistrySettings, services http: HTTPClient) {
    self.settings = settings
    services = CloudService(http: http, settings: settings)
  }

  func login(registry: String, repository: String) async throws(BartizanError) -> RegistryLogin {
    if let given = settings.login, given.registry.map(CredentialFile.normalized) == registry {
      return .basic(user: given.user, password: given.password)
    }
    for file in try files() {
      if let found = try await file.login(registry: registry, repository: repository, helper: CredentialFile.ask) {
        return found
      }
    }
    for identity in CloudIdentities.all where identity.fits(registry) {
      if let found = try await identity.login(registry, services) { return found }
    }
    return .anonymous
  }

  private func files() throws(BartizanError) -> [CredentialFile] {
    var found: [CredentialFile] = []
    for (index, secret) in settings.pullSecrets.enumerated() {
      found.append(try CredentialFile(secret, name: "pull secret \(index + 1)", isForeign: true))
    }
    if let path = settings.credentialFile {
      let bytes: [UInt8]
      do throws(BartizanError) { bytes = try FileReader.read(path) } catch {
        throw BartizanError(.input, "\(path): \(error.message)")
      }
      found.append(try CredentialFile(bytes, name: path))
      return found
    }
    for path in usualPaths where FilePaths.exists(path) {
      guard let bytes = try? FileReader.read(path) else { continue }
      found.append(try CredentialFile(bytes, name: path))
    }
    return found
  }

  private var usualPaths: [String] {
    let home = settings.environment("HOME")
    return [
      settings.environment("REGISTRY_AUTH_FILE"),
      settings.environment("XDG_RUNTIME_DIR").map { $0 + "/containers/auth.json" },
      settings.environment("DOCKER_CONFIG").map { $0 + "/config.json" } ?? home.map { $0 + "/.docker/config.json" },
      home.map { $0 + "/.config/containers/auth.json" },
    ].compactMap { $0 }.filter { !$0.hasPrefix("/containers") && !$0.isEmpty }
  }
}
