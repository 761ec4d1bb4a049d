import Findings
import Transport

/// Finds the credentials for a registry: given by the user, in pull secrets, in files and helpers of Docker and Podman,
/// or from the identity of a cloud machine, in that order. Anonymous where there are none.
struct RegistryKeychain {
  private let settings: RegistrySettings
  private let services: CloudService

  init(_ settings: RegistrySettings, services http: HTTPClient) {
    self.settings = settings
    services = CloudService(http: http, settings: settings)
  }

  /// All that may be tried, in order: what somebody gave by itself; pull secrets, those that name the image most closely first, as a
  /// kubelet tries them; then the first of what files and clouds have. None: as nobody.
  ///
  /// Source: Kubernetes, "Images", section "Interpretation of config.json".
  func logins(registry: String, repository: String) async throws(BartizanError) -> [RegistryLogin] {
    if let given = settings.login, given.registry.map(CredentialFile.normalized) == registry {
      return [.basic(user: given.user, password: given.password)]
    }
    var secrets: [(login: RegistryLogin, closeness: Int)] = []
    for (index, secret) in settings.pullSecrets.enumerated() {
      // Anybody who makes Secrets may make one that is broken: the others count all the same.
      guard let file = try? CredentialFile(secret, name: "pull secret \(index + 1)", isForeign: true) else { continue }
      secrets += file.logins(registry: registry, repository: repository)
    }
    var found: [RegistryLogin] = []
    for (_, item) in secrets.enumerated().sorted(by: { a, b in
      (-a.element.closeness, a.offset) < (-b.element.closeness, b.offset)
    }) where !found.contains(item.login) { found.append(item.login) }
    if let other = try await own(registry: registry, repository: repository), !found.contains(other) {
      found.append(other)
    }
    return found
  }

  /// What files and clouds have for us.
  private func own(registry: String, repository: String) async throws(BartizanError) -> RegistryLogin? {
    // A file that somebody named is the one that is meant.
    let helpers = settings.credentialFile == nil ? settings.configuration?.credentialHelpers ?? [] : []
    // Those of Docker are there for those who have no list, or one without them.
    let all = helpers + (helpers.contains(RegistriesFile.credentialFiles) ? [] : [RegistriesFile.credentialFiles])
    for helper in all {
      guard helper == RegistriesFile.credentialFiles else {
        if let found = try await CredentialFile.ask(helper, registry) { return found }
        continue
      }
      for file in try files() {
        if let found = try await file.login(registry: registry, repository: repository, helper: CredentialFile.ask) {
          return found
        }
      }
    }
    for identity in CloudIdentities.all where identity.fits(registry) {
      if let found = try await identity.login(registry, services) { return found }
    }
    return nil
  }

  private func files() throws(BartizanError) -> [CredentialFile] {
    var found: [CredentialFile] = []
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
