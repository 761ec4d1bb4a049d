import AsyncHTTPClient
import Bytes
import Findings
import Images
import NIOCore
import NIOHTTP1
import NIOSSL
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
  private let state = Mutex(State())

  private struct State {
    var login: RegistryLogin?
    /// Values of `Authorization` by scope, and when they end (seconds of the clock that never goes back).
    var tokens: [String: (value: String, until: ContinuousClock.Instant)] = [:]
    /// Whether the registry wants the login itself instead of a token.
    var wantsBasic = false
    var base: String
    var rateLimit: String?

    init(base: String = "") { self.base = base }
  }

  /// What a request is for, in the words of tokens: `repository:NAME:pull`, `registry:catalog:*`.
  typealias Scope = String

  private static let mostRedirects = 5
  /// Tokens without a word of how long they hold.
  private static let shortestToken = 60

  /// - Throws: one line when certificates or the proxy are of no use.
  init(_ registry: String, _ settings: RegistrySettings) throws(BartizanError) {
    self.registry = registry
    self.settings = settings
    var configuration = HTTPClient.Configuration(
      certificateVerification: .fullVerification, redirectConfiguration: .disallow,
      timeout: .init(
        connect: .seconds(Int64(settings.connectSeconds)), read: .seconds(Int64(settings.readSeconds))))
    configuration.httpVersion = .http1Only
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.tlsConfiguration = try Self.tls(settings)
    let base = (settings.plainHTTP ? "http://" : "https://") + Self.host(of: registry)
    guard let address = ServerAddress(base) else {
      throw BartizanError(.usage, "\(registry) is no name of a registry")
    }
    configuration.proxy = try HTTPProxy.find(
      nil, for: address, environment: settings.environment, context: "registry \(registry)")
    http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    state.withLock { $0.base = base }
  }

  /// Where a registry answers: Docker Hub does under another name.
  static func host(of registry: String) -> String {
    registry == ImageReference.hub ? "registry-1.docker.io" : registry
  }

  func close() async { try? await http.shutdown() }

  /// What Docker Hub said last of how many pulls are left; nil where it said nothing.
  private var rateLimit: String? { state.withLock { $0.rateLimit } }

  private static func tls(_ settings: RegistrySettings) throws(BartizanError) -> TLSConfiguration {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = settings.newestTLS == nil ? .tlsv12 : .tlsv1
    tls.maximumTLSVersion = settings.newestTLS
    func parse<T>(_ what: String, _ body: () throws -> T) throws(BartizanError) -> T {
      do { return try body() } catch { throw BartizanError(.input, "the \(what) is not readable PEM") }
    }
    if settings.skipsVerification {
      tls.certificateVerification = .none
    } else if let authority = settings.certificateAuthority {
      tls.trustRoots = .certificates(
        try parse("certificate authority") { try NIOSSLCertificate.fromPEMBytes(authority) })
    }
    if let client = settings.clientCertificate {
      tls.certificateChain = try parse("client certificate") {
        try NIOSSLCertificate.fromPEMBytes(client.chain).map { .certificate($0) }
      }
      tls.privateKey = .privateKey(try parse("client key") { try NIOSSLPrivateKey(bytes: client.key, format: .pem) })
    }
    return tls
  }

  // MARK: Requests

  struct Reply: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: HTTPClientResponse.Body
    /// Where the answer came from, after redirects.
    let url: String
  }

  /// The answer to one request, whatever its status but those that ask to come again.
  ///
  /// - Parameters:
  ///   - path: from the root of the registry, or a whole URL of it, with its query.
  ///   - scope: what a token has to allow.
  func send(
    _ path: String, method: HTTPMethod = .GET, headers: [(String, String)] = [], scope: Scope, anonymous: Bool = false
  ) async throws(BartizanError) -> Reply {
    var attempt = 1
    var challenges = 0
    while true {
      let base = state.withLock { $0.base }
      let url = path.contains("://") ? path : base + path
      var all = headers
      if !anonymous, let authorization = authorization(scope) { all.append(("Authorization", authorization)) }
      let reply: Reply
      do throws(BartizanError) {
        reply = try await follow(url, method, all)
      } catch {
        // What runs on this machine is often without TLS.
        if error.message.contains("does not speak TLS"), Self.isLoopback(registry), !settings.plainHTTP,
          settings.fallsBack
        {
          let isFirst = state.withLock { state in
            defer { state.base = state.base.replacing("https://", with: "http://") }
            return state.base.hasPrefix("https://")
          }
          if isFirst { continue }
        }
        throw error
      }
      if let limit = reply.headers.first(name: "ratelimit-remaining") {
        state.withLock { $0.rateLimit = limit }
      }
      if reply.status == 401, !anonymous {
        challenges += 1
        guard challenges <= 2 else {
          throw BartizanError(.remote, "\(registry) goes on asking who we are (401) though it was told")
        }
        let wanted = reply.headers["WWW-Authenticate"].flatMap { AuthenticationChallenge.read($0) }
        await drain(reply)
        try await answer(wanted, scope, again: challenges > 1)
        continue
      }
      if reply.status == 429 || reply.status == 502 || reply.status == 503 || reply.status == 504 {
        let wait = Self.wait(reply.headers.first(name: "Retry-After"), attempt, settings)
        await drain(reply)
        guard attempt < settings.tries else {
          throw BartizanError(
            .remote,
            reply.status == 429
              ? "\(registry) refuses more requests (429) after \(attempt) tries\(rateLimit.map { " (of its limit are left: \($0.prefix(40)))" } ?? ""); come back later, or log in for a higher limit"
              : "\(registry) answers \(reply.status) after \(attempt) tries")
        }
        attempt += 1
        do { try await Task.sleep(for: .seconds(wait)) } catch { throw BartizanError(.remote, "stopped") }
        continue
      }
      return reply
    }
  }

  /// Seconds until the next try. Words that are no number of seconds, or absurd, count for little.
  static func wait(_ header: String?, _ attempt: Int, _ settings: RegistrySettings) -> Double {
    let asked = header.flatMap { Double($0) }.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    return min(asked ?? 0.25 * Double(1 << min(attempt, 6)), Double(settings.longestWait))
  }

  private func drain(_ reply: Reply) async { _ = try? await reply.body.collect(upTo: 1 << 16) }

  private func follow(
    _ url: String, _ method: HTTPMethod, _ headers: [(String, String)]
  ) async throws(BartizanError) -> Reply {
    var url = url
    var headers = headers
    for _ in 0...Self.mostRedirects {
      let reply = try await once(url, method, headers, body: nil)
      guard [301, 302, 303, 307, 308].contains(reply.status), let target = reply.headers.first(name: "Location") else {
        return reply
      }
      await drain(reply)
      let next = try redirected(from: url, to: target)
      // Credentials are for the host that they were given for.
      if Self.origin(next) != Self.origin(url) { headers.removeAll { $0.0.lowercased() == "authorization" } }
      url = next
    }
    throw BartizanError(.remote, "\(registry) sends us on more than \(Self.mostRedirects) times")
  }

  private static func origin(_ url: String) -> String {
    guard let end = url.firstRange(of: "://") else { return url }
    return String(url[..<end.upperBound]) + url[end.upperBound...].prefix { $0 != "/" && $0 != "?" }.lowercased()
  }

  private func redirected(from url: String, to target: String) throws(BartizanError) -> String {
    let next: String
    if target.hasPrefix("/") {
      next = target.hasPrefix("//") ? url.prefix { $0 != ":" } + ":" + target : Self.origin(url) + target
    } else {
      next = target
    }
    try Self.check(next, from: registry, isPlain: url.hasPrefix("http://"), what: "a redirect")
    return next
  }

  /// Refuses addresses that a registry has no business to send anyone to.
  static func check(_ url: String, from registry: String, isPlain: Bool, what: String) throws(BartizanError) {
    let shown = String(url.prefix { $0 != "?" }.prefix(200))
    guard url.hasPrefix("https://") || isPlain && url.hasPrefix("http://") else {
      throw BartizanError(.remote, "\(registry): \(what) to \(shown), which is not https; not followed")
    }
    let rest = url[url.index(url.firstIndex(of: ":") ?? url.startIndex, offsetBy: 3)...]
    let host = String(rest.prefix { $0 != "/" && $0 != "?" })
    guard !host.contains("@") else {
      throw BartizanError(.remote, "\(registry): \(what) to \(registry) with a login in it; not followed")
    }
    if isInward(host), !isInward(registry) {
      throw BartizanError(.remote, "\(registry): \(what) to \(shown), an address inside; not followed")
    }
  }

  static func isLoopback(_ host: String) -> Bool {
    let name = bare(host)
    return name == "localhost" || name.hasSuffix(".localhost") || name.hasPrefix("127.") || name == "::1"
  }

  private static func bare(_ host: String) -> String {
    if host.hasPrefix("["), let close = host.firstIndex(of: "]") {
      return host[..<close].dropFirst().lowercased()
    }
    return host.prefix { $0 != ":" }.lowercased()
  }

  /// Addresses of this machine, of its link, and of private networks.
  static func isInward(_ host: String) -> Bool {
    if isLoopback(host) { return true }
    let name = bare(host)
    if name.contains(":") {
      return ["fe8", "fe9", "fea", "feb", "fc", "fd", "::ffff:"].contains { name.hasPrefix($0) } || name == "::"
    }
    let numbers = name.split(separator: ".").map { UInt8($0) }
    // A bare number is an address, too.
    if numbers.count < 4, name.allSatisfy({ $0.isHexDigit || $0 == "x" || $0 == "." }), name.first?.isNumber == true {
      return true
    }
    guard numbers.count == 4, let a = numbers[0], let b = numbers[1], numbers[2] != nil, numbers[3] != nil else {
      return false
    }
    return a == 0 || a == 10 || a == 127 || a == 169 && b == 254 || a == 172 && (16...31).contains(b)
      || a == 192 && b == 168 || a == 100 && (64...127).contains(b)
  }

  private func once(
    _ url: String, _ method: HTTPMethod, _ headers: [(String, String)], body: [UInt8]?
  ) async throws(BartizanError) -> Reply {
    var request = HTTPClientRequest(url: settings.address(of: url))
    request.method = method
    request.headers.add(name: "User-Agent", value: "bartizan")
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let body { request.body = .bytes(body) }
    do {
      let response = try await http.execute(request, deadline: .now() + .hours(2))
      return Reply(status: Int(response.status.code), headers: response.headers, body: response.body, url: url)
    } catch {
      throw HTTPTrouble.explained(
        error, server: Self.origin(url), connectSeconds: settings.connectSeconds, readSeconds: settings.readSeconds)
    }
  }

  /// A whole answer.
  func body(_ reply: Reply, most: Int) async throws(BartizanError) -> [UInt8] {
    var bytes: [UInt8] = []
    // A server that sends a byte now and then is never silent.
    let end = ContinuousClock.now + .seconds(settings.readSeconds * 2)
    do {
      for try await part in reply.body {
        guard bytes.count + part.readableBytes <= most else {
          throw BartizanError(.remote, "the answer of \(registry) is larger than \(most) bytes")
        }
        bytes.append(contentsOf: part.readableBytesView)
        guard .now < end else {
          throw BartizanError(.remote, "\(registry) sends too slowly; \(bytes.count) bytes came in time")
        }
      }
    } catch let error as BartizanError {
      throw error
    } catch {
      throw HTTPTrouble.explained(
        error, server: registry, connectSeconds: settings.connectSeconds, readSeconds: settings.readSeconds)
    }
    return bytes
  }

  // MARK: Authentication

  private func authorization(_ scope: Scope) -> String? {
    state.withLock { state in
      if let token = state.tokens[scope], token.until > .now { return token.value }
      if case .registryToken(let token) = state.login { return "Bearer " + token }
      if state.wantsBasic, case .basic(let user, let password) = state.login {
        return "Basic " + Base64.encode("\(user):\(password)".utf8)
      }
      return nil
    }
  }

  /// Looks up who we are, once.
  private func login(_ repository: String) async throws(BartizanError) -> RegistryLogin {
    if let known = state.withLock({ $0.login }) { return known }
    let found = try await RegistryKeychain(settings, services: http).login(registry: registry, repository: repository)
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
      guard case .basic = login else { throw refused(login) }
      let isSecond = state.withLock { state in
        defer { state.wantsBasic = true }
        return state.wantsBasic
      }
      if isSecond { throw refused(login) }
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
  ) async throws(BartizanError) -> (value: String, until: ContinuousClock.Instant) {
    let isPlain = state.withLock { $0.base.hasPrefix("http://") }
    try Self.check(realm, from: registry, isPlain: isPlain, what: "its token server is given as a link")
    if login != .anonymous, !Self.isRelated(realm, registry) {
      throw BartizanError(
        .remote,
        "\(registry) wants its credentials sent to \(Self.origin(realm)), another's server; they were not sent")
    }
    var query: [(String, String)] = []
    if let service = challenge.parameters["service"] { query.append(("service", service)) }
    query.append(("scope", challenge.parameters["scope"].flatMap { $0.isEmpty ? nil : $0 } ?? scope))
    let reply: Reply
    switch login {
    case .identityToken(let secret):
      query += [("grant_type", "refresh_token"), ("refresh_token", secret), ("client_id", "bartizan")]
      reply = try await once(
        realm, .POST, [("Content-Type", "application/x-www-form-urlencoded")], body: Array(FormText.encode(query).utf8))
    default:
      var headers: [(String, String)] = []
      if case .basic(let user, let password) = login {
        query.append(("account", user))
        headers.append(("Authorization", "Basic " + Base64.encode("\(user):\(password)".utf8)))
      }
      reply = try await once(
        realm + (realm.contains("?") ? "&" : "?") + FormText.encode(query), .GET, headers, body: nil)
    }
    guard reply.status == 200 else {
      await drain(reply)
      if reply.status == 401 || reply.status == 403 { throw refused(login) }
      throw BartizanError(.remote, "the token server of \(registry) answers \(reply.status)")
    }
    guard let document = try? JSONReader.read(try await body(reply, most: 1 << 20)),
      let token = document["token"]?.string ?? document["access_token"]?.string, !token.isEmpty
    else { throw BartizanError(.remote, "the token server of \(registry) answers without a token") }
    let seconds = document["expires_in"]?.int.map { Int(clamping: $0) } ?? Self.shortestToken
    // A little before its end, so that no request is under way when it comes.
    return ("Bearer " + token, .now + .seconds(max(Self.shortestToken, min(seconds, 86_400)) - 10))
  }

  /// Whether a token server belongs to the owner of the registry, as far as names tell.
  static func isRelated(_ realm: String, _ registry: String) -> Bool {
    let own = bare(registry)
    let other = bare(String(origin(realm).drop { $0 != ":" }.dropFirst(3)))
    if own == other || isLoopback(own) && isLoopback(other) { return true }
    func domain(_ name: String) -> [Substring] { Array(name.split(separator: ".").suffix(2)) }
    guard own.contains(where: \.isLetter), domain(own).count == 2 else { return false }
    return domain(own) == domain(other)
  }
}

/// Fields as forms and queries write them.
///
/// Source: URL Standard, "application/x-www-form-urlencoded".
enum FormText {
  static func encode(_ fields: [(String, String)]) -> String {
    fields.map { "\(escaped($0.0))=\(escaped($0.1))" }.joined(separator: "&")
  }

  /// All but letters, digits and `-._~` (RFC 3986, "Unreserved Characters").
  static func escaped(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var output: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: output.append(byte)
      default: output += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: output, as: UTF8.self)
  }
}
