import Bytes
import Findings
import Transport

/// Credentials in the format of Docker and Podman, which Kubernetes' pull secrets share.
///
/// Source: docker login reference, "Credential stores"; containers-auth.json(5): keys may have namespaces, and the
/// longest match wins; Kubernetes, "Pull an Image from a Private Registry".
struct CredentialFile: Sendable {
  private struct Entry: Sendable {
    /// Without a scheme and without the path that Docker adds.
    let key: String
    let login: RegistryLogin
  }

  private let entries: [Entry]
  private let helpers: [String: String]
  private let store: String?

  /// - Parameters:
  ///   - name: of the source, for messages.
  ///   - isForeign: whether it was written by another party, such as whoever may create Secrets in a cluster. Programs
  ///     that it names are not run then.
  /// - Throws: one line for anything but such a document.
  init(_ bytes: [UInt8], name: String, isForeign: Bool = false) throws(BartizanError) {
    let document: DocumentNode
    do throws(DocumentError) {
      document = try JSONReader.read(bytes)
    } catch {
      throw BartizanError(.input, "\(name):\(error.line): \(error.message)")
    }
    // The older `.dockercfg` has the registries at its top level.
    let registries =
      document["auths"] ?? (document["credsStore"] == nil && document["credHelpers"] == nil ? document : nil)
    entries = (registries?.entries ?? []).compactMap { entry in
      Self.login(entry.value).map { Entry(key: Self.normalized(entry.key), login: $0) }
    }
    var helpers: [String: String] = [:]
    for entry in document["credHelpers"]?.entries ?? [] where !isForeign {
      if let program = entry.value.string { helpers[Self.normalized(entry.key)] = program }
    }
    self.helpers = helpers
    store = isForeign ? nil : document["credsStore"]?.string.flatMap { $0.isEmpty ? nil : $0 }
  }

  private static func login(_ node: DocumentNode) -> RegistryLogin? {
    if let token = node["identitytoken"]?.string, !token.isEmpty { return .identityToken(token) }
    if let token = node["registrytoken"]?.string, !token.isEmpty { return .registryToken(token) }
    if let text = node["auth"]?.string, !text.isEmpty, let plain = Base64.decode(text) {
      // Some writers pad with zero bytes.
      let pair = String(decoding: plain.prefix { $0 != 0 }, as: UTF8.self)
      guard let colon = pair.firstIndex(of: ":") else { return nil }
      return named(String(pair[..<colon]), String(pair[pair.index(after: colon)...]))
    }
    guard let user = node["username"]?.string, let password = node["password"]?.string, !user.isEmpty else {
      return nil
    }
    return named(user, password)
  }

  private static func named(_ user: String, _ password: String) -> RegistryLogin {
    // Docker stores identity tokens under this user name, Azure under the other.
    user == "<token>" || user == "00000000-0000-0000-0000-000000000000" && password.hasPrefix("ey")
      ? .identityToken(password) : .basic(user: user, password: password)
  }

  /// The registry as in image references, from what files and people write.
  static func normalized(_ key: String) -> String {
    var text = key[...]
    if let scheme = text.firstRange(of: "://") { text = text[scheme.upperBound...] }
    while text.hasSuffix("/") { text = text.dropLast() }
    for path in ["/v1", "/v2"] where text.hasSuffix(path) { text = text.dropLast(path.count) }
    return text == "index.docker.io" || text == "registry-1.docker.io" ? "docker.io" : String(text)
  }

  /// - Parameter helper: runs a credential helper for a registry.
  func login(
    registry: String, repository: String,
    helper: (_ program: String, _ server: String) async throws(BartizanError) -> RegistryLogin?
  ) async throws(BartizanError) -> RegistryLogin? {
    let server = registry == "docker.io" ? "https://index.docker.io/v1/" : registry
    if let program = helpers[registry] {
      return try await helper(program, server)
    }
    if let store, let found = try await helper(store, server) { return found }
    return logins(registry: registry, repository: repository).max { $0.closeness < $1.closeness }?.login
  }

  /// What stands in the file itself for an image.
  ///
  /// - Returns: in the order of the file, with how closely each names the image.
  func logins(registry: String, repository: String) -> [(login: RegistryLogin, closeness: Int)] {
    let full = registry + "/" + repository
    return entries.filter { entry in
      entry.key == registry || full == entry.key || full.hasPrefix(entry.key + "/")
        || Self.fits(entry.key, registry, repository)
    }.map { ($0.login, $0.key.utf8.count) }
  }

  /// In Kubernetes, `*` matches within one label of a domain, and what follows the host is the front of repositories.
  private static func fits(_ pattern: String, _ registry: String, _ repository: String) -> Bool {
    guard pattern.contains("*") else { return false }
    let parts = pattern.split(separator: "/", maxSplits: 1)
    guard let host = parts.first, parts.count == 1 || repository == parts[1] || repository.hasPrefix(parts[1] + "/")
    else {
      return false
    }
    let wanted = host.split(separator: ".")
    let own = registry.split(separator: ".")
    return wanted.count == own.count
      && zip(wanted, own).allSatisfy { pattern, part in Glob(String(pattern)).matches(String(part)) }
  }

  /// What helpers print when they have no credentials; their protocol has no other way to say so.
  ///
  /// Source: docker-credential-helpers, `credentials/error.go`, `errCredentialsNotFoundMessage`.
  private static let nothingFound = "credentials not found"

  /// Asks a Docker credential helper: `docker-credential-NAME get`, with the server on its standard input.
  static func ask(_ program: String, _ server: String) async throws(BartizanError) -> RegistryLogin? {
    let name = "docker-credential-" + program
    guard program.allSatisfy({ $0.isLetter || $0.isNumber || "-_.".contains($0) }) else {
      throw BartizanError(.input, "\"\(program.prefix(40))\" is no name of a credential helper")
    }
    let output: ProgramRun.Output
    do throws(ProgramRun.Failure) {
      output = try await ProgramRun.run(
        name, ["get"], input: server + "\n", timeout: .seconds(30), outputLimit: 1 << 20)
    } catch {
      throw BartizanError(.input, "\(name) \(error.message)")
    }
    guard output.status == 0 else {
      let said = String(decoding: output.standardOutput.prefix(200), as: UTF8.self)
      if said.contains(nothingFound) { return nil }
      throw BartizanError(
        .input, "\(name) failed: \(said.split(whereSeparator: \.isNewline).first ?? "it said nothing")")
    }
    guard let document = try? JSONReader.read(output.standardOutput), let user = document["Username"]?.string,
      let secret = document["Secret"]?.string
    else { throw BartizanError(.input, "\(name) answered with no credentials") }
    return user.isEmpty && secret.isEmpty ? nil : named(user, secret)
  }
}
