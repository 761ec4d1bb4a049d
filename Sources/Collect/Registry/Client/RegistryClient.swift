import Bytes
import Findings
import Images
import Synchronization
import Transport

/// Speaks to one registry: pulls, lists, asks; it changes nothing.
///
/// Source: OCI distribution specification 1.1; Docker "Token Authentication Specification".
final class RegistryClient: Sendable {
  /// As images name it, with its port.
  let registry: String
  let settings: RegistrySettings
  let http: HTTPClient
  private let relaxation: Relaxation?
  private let state: Mutex<State>

  /// How a registry is looked at from outside where the settings do not lead to it. What is relaxed stays with this client,
  /// which asks as nobody and sends no credentials.
  struct Relaxation: Sendable {
    var skipsVerification = false
    var isPlain = false
    /// The newest version of TLS that is offered; nil: no bound.
    var newestTLS: HostSettings.TLSVersion?
  }

  private struct State {
    var login: RegistryLogin?
    /// Values of `Authorization` by scope, and when they end (by the clock that never goes back).
    var tokens: [String: Token] = [:]
    /// Whether the registry wants the login itself instead of a token.
    var wantsBasic = false
    /// Where it answers, without a path.
    var base: HTTPURL
    var rateLimit: String?
  }

  private struct Token {
    let value: String
    let until: ContinuousClock.Instant
    /// Whether anybody would have got it.
    let isPublic: Bool
  }

  /// What a request is for, in the words of tokens: `repository:NAME:pull`, `registry:catalog:*`.
  typealias Scope = String

  /// Seconds that a token holds when its server does not say so.
  private static let shortestToken = 60
  /// Largest answer of a token server, in bytes.
  private static let tokenAnswerLimit = 1 << 20

  /// - Throws: one line when the name, certificates or the proxy are of no use.
  init(_ registry: String, _ settings: RegistrySettings, relaxed: Relaxation? = nil) throws(BartizanError) {
    self.registry = registry
    self.settings = settings
    relaxation = relaxed
    let isPlain = settings.plainHTTP || relaxed?.isPlain == true
    let base = HTTPURL((isPlain ? "http://" : "https://") + Self.host(of: registry))
    guard let base, base.user == nil, base.target.isEmpty else {
      throw BartizanError(.usage, "\(registry) is no name of a registry")
    }
    var own = HostSettings()
    own.sendsCredentialsInClear = settings.plainHTTP
    own.newestTLS = relaxed?.newestTLS
    if relaxed?.skipsVerification == true {
      own.verification = .inspection
    } else {
      own.verification = settings.skipsVerification ? .waived : .full
      own.clientCertificate = settings.clientCertificate
    }
    var http = settings.http
    http.hosts[base.host] = own
    self.http = HTTPClient(http)
    state = Mutex(State(base: base))
    do throws(ConnectionError) { try self.http.prepare(base) } catch {
      throw BartizanError(.input, "registry \(registry): \(error.message)", cause: error)
    }
  }

  /// Where a registry answers: Docker Hub does under another name.
  static func host(of registry: String) -> String {
    registry == ImageReference.hub ? "registry-1.docker.io" : registry
  }

  func close() async { await http.close() }

  /// The last day of the certificate that the registry shows, `YYYY-MM-DD`; nil where none was seen.
  func certificateEnds() async -> String? {
    await http.certificate(of: state.withLock { $0.base })?.lastDay
  }

  // MARK: Requests

  /// The answer to one request, whatever its status but those that ask to come again.
  ///
  /// - Parameters:
  ///   - path: from the root of the registry, with its query.
  ///   - scope: what a token has to allow.
  func send(
    _ path: String, method: HTTPRequest.Method = .get, headers: [(String, String)] = [], scope: Scope,
    anonymous: Bool = false
  ) async throws(BartizanError) -> HTTPResponse {
    var challenges = 0
    while true {
      let base = state.withLock { $0.base }
      guard let url = HTTPURL(base.text + path) else {
        throw BartizanError(.remote, "\(registry) names a path that is none: \(path.prefix(100))")
      }
      var request = HTTPRequest(url, method)
      request.headers = headers.map { (name: $0.0, value: $0.1) }
      request.redirects = .careful
      request.retries = settings.retries
      if !anonymous { authorize(&request, scope) }
      let response: HTTPResponse
      do throws(ConnectionError) {
        response = try await http.send(request)
      } catch {
        if error.kind == .tlsNotSpoken, fallBack(from: base) { continue }
        throw failure(error)
      }
      if let limit = response.header("ratelimit-remaining") { state.withLock { $0.rateLimit = limit } }
      if response.status == 401, !anonymous, response.url.origin == base.origin {
        challenges += 1
        guard challenges <= 2 else {
          throw BartizanError(.remote, "\(registry) goes on asking who we are (401) though it was told")
        }
        let wanted = response.headers("WWW-Authenticate").flatMap { AuthenticationChallenge.read($0) }
        await response.discard()
        try await answer(wanted, scope, again: challenges > 1)
        continue
      }
      guard settings.retries.statuses.contains(response.status) else { return response }
      await response.discard()
      throw busy(response)
    }
  }

  /// What runs on this machine is often without TLS. Nothing secret goes there then.
  ///
  /// - Returns: whether it is worth another try.
  private func fallBack(from base: HTTPURL) -> Bool {
    guard base.isSecure, relaxation == nil, HTTPHost.isLoopback(base.host),
      let plain = HTTPURL("http://" + base.authority)
    else { return false }
    state.withLock { $0.base = plain }
    return true
  }

  private func busy(_ response: HTTPResponse) -> BartizanError {
    let tries = "after \(response.attempts) \(response.attempts == 1 ? "try" : "tries")"
    guard response.status == 429 else {
      return BartizanError(.remote, "\(registry) answers \(response.status) \(tries)")
    }
    let left = state.withLock { $0.rateLimit }.map { " (of its limit are left: \($0.prefix(40)))" } ?? ""
    return BartizanError(
      .remote,
      "\(registry) refuses more requests (429) \(tries)\(left); come back later, or log in for a higher limit")
  }

  /// What a connection that failed means for whoever wants something of the registry.
  func failure(_ error: ConnectionError) -> BartizanError {
    let advice: String
    switch error.kind {
    case .certificateUntrusted: advice = "; name it with --registry-ca"
    case .credentialsWithheld where !settings.plainHTTP && relaxation == nil:
      advice = "; --plain-http says that it is meant"
    default: advice = ""
    }
    return BartizanError(.remote, error.message + advice, cause: error)
  }

  /// A whole answer.
  func body(_ response: HTTPResponse, limit: Int) async throws(BartizanError) -> [UInt8] {
    do throws(ConnectionError) { return try await response.collect(atMost: limit) } catch { throw failure(error) }
  }

  // MARK: Authentication

  private func authorize(_ request: inout HTTPRequest, _ scope: Scope) {
    state.withLock { state in
      if let token = state.tokens[scope], token.until > .now {
        if token.isPublic {
          request.headers.append(("Authorization", token.value))
        } else {
          request.authorization = token.value
        }
      } else if case .registryToken(let token) = state.login {
        request.authorization = "Bearer " + token
      } else if state.wantsBasic, case .basic(let user, let password) = state.login {
        request.authorization = Self.basic(user, password)
      }
    }
  }

  private static func basic(_ user: String, _ password: String) -> String {
    "Basic " + Base64.encode("\(user):\(password)".utf8)
  }

  /// Looks up who we are, once.
  private func login(_ repository: String) async throws(BartizanError) -> RegistryLogin {
    if let known = state.withLock({ $0.login }) { return known }
    let found =
      relaxation == nil
      ? try await RegistryKeychain(settings, services: http).login(registry: registry, repository: repository)
      : .anonymous
    state.withLock { $0.login = found }
    return found
  }

  /// - Parameter again: whether what we had was refused.
  private func answer(
    _ challenges: [AuthenticationChallenge], _ scope: Scope, again: Bool
  ) async throws(BartizanError) {
    state.withLock { $0.tokens[scope] = nil }
    let parts = scope.split(separator: ":")
    let login = try await login(parts.count > 1 ? String(parts[1]) : "")
    if let bearer = challenges.first(where: { $0.scheme == "bearer" }), let realm = bearer.parameters["realm"] {
      if again, login == .anonymous { throw refused(login) }
      if case .registryToken = login { throw refused(login) }
      let token = try await token(realm, bearer, scope, login)
      state.withLock { $0.tokens[scope] = token }
      return
    }
    if challenges.contains(where: { $0.scheme == "basic" }) {
      guard case .basic = login, !again else { throw refused(login) }
      state.withLock { $0.wantsBasic = true }
      return
    }
    throw BartizanError(
      .remote,
      "\(registry) wants to know who we are in a way that is not spoken here (\(challenges.map(\.scheme).joined(separator: ", ")))"
    )
  }

  private func refused(_ login: RegistryLogin) -> BartizanError {
    BartizanError(
      .remote,
      login == .anonymous
        ? "\(registry) wants a login, and there is none for it; `docker login \(registry)` makes one"
        : "\(registry) does not accept the credentials that are there for it")
  }

  private func token(
    _ realm: String, _ challenge: AuthenticationChallenge, _ scope: Scope, _ login: RegistryLogin
  ) async throws(BartizanError) -> Token {
    let base = state.withLock { $0.base }
    let shown = HTTPURL.withoutPassword(String(realm.prefix { $0 != "?" }.prefix(200)))
    guard let server = HTTPURL(realm) else {
      throw BartizanError(.remote, "\(registry): its token server is given as \(shown), which is no https URL")
    }
    if let refusal = RedirectRule.refusal(from: base, to: server) {
      throw BartizanError(.remote, "\(registry): its token server is given as \(shown), \(refusal); it was not asked")
    }
    if login != .anonymous, !Self.isRelated(server.host, base.host) {
      throw BartizanError(
        .remote,
        "\(registry) wants its credentials sent to \(server.origin.text), another's server; they were not sent")
    }
    var query: [(String, String)] = []
    if let service = challenge.parameters["service"] { query.append(("service", service)) }
    query.append(("scope", challenge.parameters["scope"].flatMap { $0.isEmpty ? nil : $0 } ?? scope))
    var request = HTTPRequest(server)
    if case .identityToken(let secret) = login {
      query += [("grant_type", "refresh_token"), ("refresh_token", secret), ("client_id", "bartizan")]
      request.method = .post
      request.headers = [("Content-Type", "application/x-www-form-urlencoded")]
      request.body = Array(FormText.encode(query).utf8)
      request.hasSecrets = true
    } else {
      if case .basic(let user, let password) = login {
        query.append(("account", user))
        request.authorization = Self.basic(user, password)
      }
      request.url = server.at(server.target + (server.target.contains("?") ? "&" : "?") + FormText.encode(query))
      request.retries = settings.retries
    }
    let response: HTTPResponse
    let bytes: [UInt8]
    do throws(ConnectionError) {
      response = try await http.send(request)
      if response.status == 200 {
        bytes = try await response.collect(atMost: Self.tokenAnswerLimit)
      } else {
        await response.discard()
        bytes = []
      }
    } catch {
      throw failure(error)
    }
    guard response.status == 200 else {
      if response.status == 401 || response.status == 403 { throw refused(login) }
      throw BartizanError(.remote, "the token server of \(registry) answers \(response.status)")
    }
    guard let document = try? JSONReader.read(bytes),
      let token = document["token"]?.string ?? document["access_token"]?.string, !token.isEmpty
    else { throw BartizanError(.remote, "the token server of \(registry) answers without a token") }
    let seconds = document["expires_in"]?.int.map { Int(clamping: $0) } ?? Self.shortestToken
    // A little before its end, so that no request is under way when it comes.
    return Token(
      value: "Bearer " + token, until: .now + .seconds(max(Self.shortestToken, min(seconds, 86_400)) - 10),
      isPublic: login == .anonymous)
  }

  /// Whether a token server belongs to the owner of the registry, as far as names tell.
  static func isRelated(_ server: String, _ registry: String) -> Bool {
    if server == registry || HTTPHost.isLoopback(server) && HTTPHost.isLoopback(registry) { return true }
    func domain(_ name: String) -> [Substring] { Array(name.split(separator: ".").suffix(2)) }
    guard registry.contains(where: \.isLetter), domain(registry).count == 2 else { return false }
    return domain(registry) == domain(server)
  }
}
