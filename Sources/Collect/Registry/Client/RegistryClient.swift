import Bytes
import Findings
import Images
import Synchronization
import Transport

/// That a registry lets nobody in with the login that there is, or without one.
struct RegistryRefusal: Error {}

/// A client of one registry. It pulls and lists; it changes nothing, except where signatures are attached, and for what an
/// active survey is allowed to try.
///
/// Source: OCI distribution specification 1.1; Docker "Token Authentication Specification".
final class RegistryClient: Sendable {
  /// With its port, as in image references.
  let registry: String
  let settings: RegistrySettings
  let http: HTTPClient
  private let relaxation: Relaxation?
  private let place: RegistryPlace
  private let state: Mutex<State>

  /// Relaxed settings for looking at a registry that does not answer as the settings say. They apply to this client
  /// only, which is anonymous and sends no credentials.
  struct Relaxation: Sendable {
    var skipsVerification = false
    var isPlain = false
    /// The newest TLS version to offer; nil for no limit.
    var newestTLS: HostSettings.TLSVersion?
  }

  private struct State {
    var login: RegistryLogin?
    /// What is tried when that is refused, in order.
    var others: [RegistryLogin] = []
    /// Logins that were refused.
    var refused = 0
    /// Values of `Authorization` by scope, with their expiry on the monotonic clock.
    var tokens: [String: Token] = [:]
    /// Whether the registry asks for basic authentication instead of a token.
    var wantsBasic = false
    /// The root URL that it answers at, without a path.
    var base: HTTPURL
    var rateLimit: String?
  }

  private struct Token {
    let value: String
    let until: ContinuousClock.Instant
    /// Whether an anonymous client would have got the token.
    let isPublic: Bool
  }

  /// The scope of a token request: `repository:NAME:pull`, `registry:catalog:*`.
  typealias Scope = String

  /// Logins for one registry that are tried, one after the other.
  static let mostLogins = 10

  /// Lifetime of a token in seconds, if its server does not say.
  private static let shortestToken = 60
  /// Largest response of a token server, in bytes.
  private static let tokenAnswerLimit = 1 << 20

  /// - Parameter place: of the registry, as this machine's configuration says; nil: it is asked.
  /// - Throws: one line when the name, a certificate or the proxy is invalid.
  init(
    _ registry: String, _ settings: RegistrySettings, relaxed: Relaxation? = nil, place known: RegistryPlace? = nil
  ) throws(BartizanError) {
    self.registry = registry
    self.settings = settings
    relaxation = relaxed
    let place: RegistryPlace
    if let known {
      place = known
    } else {
      place = try settings.configuration?.place(ofRegistry: registry) ?? RegistryPlace(host: registry)
    }
    self.place = place
    let isPlain = settings.plainHTTP || relaxed?.isPlain == true || place.isPlain
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
      // A review tells of a certificate that a configuration lets pass.
      own.verification = settings.skipsVerification || place.isInsecure && relaxed == nil ? .waived : .full
      let given = settings.certificate.flatMap { $0.registry == registry ? $0.certificate : nil }
      own.clientCertificate = given ?? place.trust.clientCertificate
      own.clientCertificatePort = base.origin.port
    }
    own.authorities = place.trust.authorities
    var http = settings.http
    http.hosts[base.host] = own
    self.http = HTTPClient(http)
    state = Mutex(State(base: base))
    do throws(ConnectionError) { try self.http.prepare(base) } catch {
      throw BartizanError(.input, "registry \(registry): \(error.message)", cause: error)
    }
  }

  /// The host of a registry. Docker Hub's differs from its name.
  static func host(of registry: String) -> String {
    registry == ImageReference.hub ? "registry-1.docker.io" : registry
  }

  func close() async { await http.close() }

  /// The last day of the registry's certificate, `YYYY-MM-DD`; nil where none was seen.
  func certificateEnds() async -> String? {
    await http.certificate(of: state.withLock { $0.base })?.lastDay
  }

  // MARK: Requests

  /// The response to one request, with any status that does not ask for a retry.
  ///
  /// - Parameters:
  ///   - path: from the root of the registry, with its query.
  ///   - body: of a push; nil for none.
  ///   - scope: that a token must have.
  func send(
    _ path: String, method: HTTPRequest.Method = .get, headers: [(String, String)] = [], body: [UInt8]? = nil,
    scope: Scope, anonymous: Bool = false
  ) async throws(BartizanError) -> HTTPResponse {
    let scope = place.scope(scope)
    var challenges = 0
    while true {
      let base = state.withLock { $0.base }
      guard let url = HTTPURL(base.text + place.path(path)) else {
        throw BartizanError(.remote, "\(registry) names a path that is none: \(path.prefix(100))")
      }
      var request = HTTPRequest(url, method)
      request.headers = headers.map { (name: $0.0, value: $0.1) }
      request.body = body
      // What is sent goes where it was meant to go.
      request.redirects = body == nil ? .careful : .none
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
        guard challenges <= 2 + state.withLock({ $0.refused }) else {
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

  /// Falls back to plain HTTP for a registry on this machine, which often has no TLS, and for one that a configuration calls
  /// insecure. No credentials are sent then.
  ///
  /// - Returns: whether to try again.
  private func fallBack(from base: HTTPURL) -> Bool {
    guard base.isSecure, relaxation == nil, HTTPHost.isLoopback(base.host) || place.isInsecure,
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

  /// What a failed connection means, as an error for the user.
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

  /// The complete body of a response.
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

  /// Looks up the login, once.
  private func login(_ repository: String) async throws(BartizanError) -> RegistryLogin {
    if let known = state.withLock({ $0.login }) { return known }
    let found =
      relaxation == nil
      ? try await RegistryKeychain(settings, services: http).logins(registry: registry, repository: repository) : []
    return state.withLock { state in
      let login = found.first ?? .anonymous
      state.login = login
      state.others = Array(found.dropFirst().prefix(Self.mostLogins - 1))
      return login
    }
  }

  /// Takes the next login in place of one that was refused, as a kubelet does with several pull secrets.
  ///
  /// - Returns: nil where there is none.
  private func nextLogin() -> RegistryLogin? {
    state.withLock { state in
      guard !state.others.isEmpty else { return nil }
      let next = state.others.removeFirst()
      state.refused += 1
      state.login = next
      state.wantsBasic = false
      state.tokens = [:]
      return next
    }
  }

  /// - Parameter again: whether the current credentials were refused.
  private func answer(
    _ challenges: [AuthenticationChallenge], _ scope: Scope, again: Bool
  ) async throws(BartizanError) {
    state.withLock { $0.tokens[scope] = nil }
    let parts = scope.split(separator: ":")
    var login = try await login(parts.count > 1 ? String(parts[1]) : "")
    var again = again
    if again, login != .anonymous, let next = nextLogin() { (login, again) = (next, false) }
    if let bearer = challenges.first(where: { $0.scheme == "bearer" }), let realm = bearer.parameters["realm"] {
      if again, login == .anonymous { throw refused(login) }
      while true {
        // One that is the registry's own is shown as it is, and was if it was the one before.
        if case .registryToken = login {
          if again { throw refused(login) }
          return
        }
        if let token = try await token(realm, bearer, scope, login) {
          state.withLock { $0.tokens[scope] = token }
          return
        }
        guard let next = nextLogin() else { throw refused(login) }
        (login, again) = (next, false)
      }
    }
    if challenges.contains(where: { $0.scheme == "basic" }) {
      while true {
        if case .basic = login, !again { break }
        guard let next = nextLogin() else { throw refused(login) }
        (login, again) = (next, false)
      }
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
        : "\(registry) does not accept the credentials that are there for it", cause: RegistryRefusal())
  }

  /// - Returns: nil where the server does not accept the login.
  private func token(
    _ realm: String, _ challenge: AuthenticationChallenge, _ scope: Scope, _ login: RegistryLogin
  ) async throws(BartizanError) -> Token? {
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
      if response.status == 401 || response.status == 403 { return nil }
      throw BartizanError(.remote, "the token server of \(registry) answers \(response.status)")
    }
    guard let document = try? JSONReader.read(bytes),
      let token = document["token"]?.string ?? document["access_token"]?.string, !token.isEmpty
    else { throw BartizanError(.remote, "the token server of \(registry) answers without a token") }
    let seconds = document["expires_in"]?.int.map { Int(clamping: $0) } ?? Self.shortestToken
    // Ends a little early, so that it does not expire during a request.
    return Token(
      value: "Bearer " + token, until: .now + .seconds(max(Self.shortestToken, min(seconds, 86_400)) - 10),
      isPublic: login == .anonymous)
  }

  /// Whether a token server belongs to the operator of the registry, judging by their names.
  static func isRelated(_ server: String, _ registry: String) -> Bool {
    if server == registry || HTTPHost.isLoopback(server) && HTTPHost.isLoopback(registry) { return true }
    // An owner has the part before the suffix that many owners share.
    func domain(_ name: String) -> [Substring] {
      let labels = name.lowercased().split(separator: ".")
      let isShared = sharedSuffixes.contains(labels.suffix(2).joined(separator: "."))
      return Array(labels.suffix(isShared ? 3 : 2))
    }
    let own = domain(registry)
    guard registry.contains(where: \.isLetter), own.count >= 2,
      own.count > 2 || !sharedSuffixes.contains(own.joined(separator: "."))
    else { return false }
    return own == domain(server)
  }

  /// Suffixes of two parts below which names belong to different owners: second levels of countries, and hosts of registries whose
  /// customers have a name each.
  ///
  /// Source: the list of public suffixes (publicsuffix.org) for countries; the registries' documentation.
  private static let sharedSuffixes: Set<String> = {
    let countries = [
      "uk": "ac co gov ltd me net nhs org plc police sch", "au": "asn com edu gov id net org",
      "nz": "ac co geek gen govt net org",
      "jp": "ac ad co ed go gr lg ne or", "kr": "ac co go ne or pe re", "cn": "ac com edu gov net org",
      "tw": "com edu gov net org",
      "hk": "com edu gov net org", "sg": "com edu gov net org", "my": "com edu gov net org",
      "in": "ac co edu firm gen gov ind net org",
      "br": "art com edu gov ind inf jus leg net org", "ar": "com edu gob gov net org", "mx": "com edu gob net org",
      "co": "com edu gov net org", "za": "ac co gov net org web", "tr": "com edu gov net org",
      "il": "ac co gov muni net org",
      "ua": "com edu gov net org", "pl": "com edu gov net org", "id": "ac co go net or web", "th": "ac co go in net or",
      "vn": "com edu gov net org", "ph": "com edu gov net org", "pk": "com edu gov net org",
      "eg": "com edu gov net org",
      "sa": "com edu gov net org", "at": "ac co gv or", "hu": "co org", "gr": "com edu gov net org",
    ]
    var all: Set<String> = [
      "azurecr.io", "azurecr.cn", "azurecr.us", "jfrog.io", "cloudsmith.io", "amazonaws.com", "amazonaws.cn",
      "azure.com",
      "windows.net", "googleapis.com", "pkg.dev", "gcr.io", "ocir.io", "icr.io", "aliyuncs.com", "myhuaweicloud.com",
      "digitaloceanspaces.com", "github.io", "gitlab.io", "herokuapp.com", "azurewebsites.net", "cloudapp.net",
      "run.app",
      "vercel.app", "netlify.app", "fly.dev", "onrender.com", "duckdns.org", "ngrok.io", "ngrok.app", "nip.io",
      "sslip.io",
    ]
    for (country, words) in countries { for word in words.split(separator: " ") { all.insert("\(word).\(country)") } }
    return all
  }()
}
