import Bytes
package import Findings
import Synchronization
package import Transport

/// A client of one API server: JSON over HTTPS, with retries and limits. It only reads and asks for access reviews; all that it
/// ever writes is the record of a node, where that is asked for (`NodeRecordMap`).
package final class KubernetesClient: Sendable {
  /// Bounds on the size, time and repetition of requests.
  package struct Settings: Sendable {
    /// Largest response, in bytes.
    package var answerBytes = 64 << 20
    package var timeouts = HTTPTimeouts()
    /// For requests that the server asks to repeat.
    package var retries = RetryRule(
      tries: 5, longestWait: .seconds(30), statuses: Set(500...599).union([429]))
    /// Timeout of a credential plugin.
    package var pluginTimeout = ExecCredentialPlugin.usualTimeout

    /// For the answer to discovery, which is small: as long as client-go waits.
    package var discoveryTimeout = Duration.seconds(32)

    package init() {
      // An API server gives up after a minute itself.
      timeouts.answer = .seconds(65)
      // A page of five hundred large objects takes long over a slow connection.
      timeouts.body = .seconds(600)
    }

    /// Gives up on each request after this time, whichever part of it takes so long.
    package mutating func limit(to duration: Duration) {
      timeouts.connect = min(timeouts.connect, duration)
      timeouts.idle = duration
      timeouts.answer = duration
      timeouts.body = duration
      discoveryTimeout = duration
    }
  }

  package let endpoint: ClusterEndpoint
  private let http: HTTPClient
  private let base: HTTPURL
  private let settings: Settings
  private let token: Mutex<String?>

  /// Keys that no analysis reads and that make up much of a response.
  static let unread = ["managedFields"]

  /// - Throws: one line when the address, a certificate or the credentials are invalid.
  package static func connect(
    _ endpoint: ClusterEndpoint, settings: Settings = Settings(),
    environment: @escaping @Sendable (String) -> String? = { _ in nil }
  ) async throws(BartizanError) -> KubernetesClient {
    var endpoint = endpoint
    var token: String?
    switch endpoint.credential {
    case .plugin(let plugin):
      let answer = try await plugin.ask(endpoint, timeout: settings.pluginTimeout)
      token = answer.token
      if let certificate = answer.certificate { endpoint.clientCertificate = certificate }
    case .token(let text): token = text
    case .tokenFile(let path): token = try Self.token(file: path)
    case .basic, .none: break
    }
    return try KubernetesClient(endpoint, token: token, settings: settings, environment: environment)
  }

  private init(
    _ endpoint: ClusterEndpoint, token: String?, settings: Settings,
    environment: @escaping @Sendable (String) -> String?
  ) throws(BartizanError) {
    self.endpoint = endpoint
    self.settings = settings
    self.token = Mutex(token)
    guard let base = HTTPURL(endpoint.server), !base.target.contains("?") else {
      throw BartizanError(
        .input, "context \"\(endpoint.name)\": the server \"\(endpoint.server)\" is no http or https URL")
    }
    if !base.isSecure, token != nil || endpoint.clientCertificate != nil || Self.hasPassword(endpoint) {
      throw BartizanError(
        .input,
        "context \"\(endpoint.name)\": \(endpoint.server) is plain http; credentials are not sent over it, use https")
    }
    self.base = base.at(String(base.target.reversed().drop { $0 == "/" }.reversed()))
    var host = HostSettings()
    host.verification = endpoint.skipsVerification ? .waived : .full
    host.certificateName = endpoint.serverName
    host.clientCertificate = endpoint.clientCertificate
    var http = HTTPSettings(environment: environment)
    http.trust = endpoint.certificateAuthority.map { .only($0) } ?? .system
    http.hosts[base.host] = host
    http.proxy = endpoint.proxy
    http.timeouts = settings.timeouts
    http.unpackedBytesLimit = settings.answerBytes
    self.http = HTTPClient(http)
    do throws(ConnectionError) { try self.http.prepare(base) } catch {
      throw BartizanError(.input, "context \"\(endpoint.name)\": \(Self.advised(error, endpoint))", cause: error)
    }
  }

  /// Names of the resources that the server can list, as kubectl writes them.
  ///
  /// - Throws: one line when the server does not answer.
  package func listableKinds() async throws(BartizanError) -> [String] {
    do throws(APIFailure) {
      return try await APIDiscovery(self).resources.map(\.text)
    } catch {
      throw BartizanError(.remote, "context \"\(endpoint.name)\": \(error.message)")
    }
  }

  package func close() async { await http.close() }

  // MARK: Requests

  /// - Parameters:
  ///   - path: with its query, such as `/api/v1/pods?limit=500`.
  ///   - isSmall: whether the answer costs the server little, so that it is not waited for as long.
  func get(
    _ path: String, accept: String = "application/json", isSmall: Bool = false
  ) async throws(APIFailure) -> DocumentNode {
    try await request(path, accept: accept, body: nil, isSmall: isSmall)
  }

  func post(_ path: String, _ body: [UInt8]) async throws(APIFailure) -> DocumentNode {
    try await request(path, accept: "application/json", body: body, isSmall: true)
  }

  /// Replaces an object, which must be there.
  func put(_ path: String, _ body: [UInt8]) async throws(APIFailure) -> DocumentNode {
    try await request(path, accept: "application/json", body: body, isSmall: true, method: .put)
  }

  private func request(
    _ path: String, accept: String, body: [UInt8]?, isSmall: Bool, method: HTTPRequest.Method? = nil
  ) async throws(APIFailure) -> DocumentNode {
    var renewed = false
    while true {
      let (status, node) = try await once(path, accept: accept, body: body, isSmall: isSmall, method: method)
      if (200..<300).contains(status) {
        guard let node else { throw APIFailure(.other, "the server answered \(status) without a body") }
        return node
      }
      let failure = APIFailure(status: status, body: node)
      guard failure.kind == .unauthenticated, !renewed, await renewToken() else { throw failure }
      renewed = true
    }
  }

  private func once(
    _ path: String, accept: String, body: [UInt8]?, isSmall: Bool, method: HTTPRequest.Method?
  ) async throws(APIFailure) -> (status: Int, body: DocumentNode?) {
    var request = HTTPRequest(base.at(base.target + path), method ?? (body == nil ? .get : .post))
    request.headers = [("Accept", accept)]
    if let body {
      request.headers.append(("Content-Type", "application/json"))
      request.body = body
    }
    request.retries = settings.retries
    if isSmall { request.answerTimeout = settings.discoveryTimeout }
    addIdentity(to: &request)
    let response: HTTPResponse
    let bytes: [UInt8]
    do throws(ConnectionError) {
      response = try await http.send(request)
      if (300..<400).contains(response.status) {
        await response.discard()
        bytes = []
      } else {
        bytes = try await response.collect(atMost: settings.answerBytes)
      }
    } catch {
      throw APIFailure(
        .connection(error.kind),
        error.kind == .tooLarge
          ? "the server's answer is larger than \(settings.answerBytes >> 20) MiB" : Self.advised(error, endpoint))
    }
    let status = response.status
    if (300..<400).contains(status) {
      let target = response.header("Location") ?? "nowhere"
      throw APIFailure(.other, "the server sends us on to \(target.prefix(200)); redirects are not followed")
    }
    let type = response.header("Content-Type") ?? ""
    guard type.lowercased().hasPrefix("application/json") else {
      // Errors of a proxy in front of the server are seldom JSON; the status is enough.
      if status >= 400 { return (status, nil) }
      throw APIFailure(
        .other, "the server answered with \(type.isEmpty ? "no content type" : type.prefix(80)[...]), not JSON")
    }
    do throws(DocumentError) {
      return (status, try Self.parsed(bytes))
    } catch {
      if status >= 400 { return (status, nil) }
      throw APIFailure(.other, "the server's answer is no JSON: \(error.message)")
    }
  }

  private static func parsed(_ bytes: [UInt8]) throws(DocumentError) -> DocumentNode {
    try JSONReader.readMessage(bytes.span, dropping: unread)
  }

  private func addIdentity(to request: inout HTTPRequest) {
    if let token = token.withLock({ $0 }) {
      request.authorization = "Bearer " + token
    } else if case .basic(let user, let password) = endpoint.credential {
      request.authorization = "Basic " + Base64.encode("\(user):\(password)".utf8)
    }
    let impersonation = endpoint.impersonation
    if let user = impersonation.user { request.headers.append(("Impersonate-User", user)) }
    if let uid = impersonation.uid { request.headers.append(("Impersonate-Uid", uid)) }
    for group in impersonation.groups { request.headers.append(("Impersonate-Group", group)) }
    for (key, values) in impersonation.extra {
      for value in values { request.headers.append(("Impersonate-Extra-" + key, value)) }
    }
  }

  /// Gets a new token from a source that may have one.
  ///
  /// - Returns: whether there is a new one.
  private func renewToken() async -> Bool {
    var fresh: String?
    switch endpoint.credential {
    case .plugin(let plugin):
      fresh = try? await plugin.ask(endpoint, timeout: settings.pluginTimeout).token
    case .tokenFile(let path): fresh = try? Self.token(file: path)
    default: return false
    }
    guard let fresh else { return false }
    return token.withLock { current in
      defer { current = fresh }
      return current != fresh
    }
  }

  // MARK: Set-up

  private static func hasPassword(_ endpoint: ClusterEndpoint) -> Bool {
    if case .basic = endpoint.credential { true } else { false }
  }

  private static func token(file: String) throws(BartizanError) -> String {
    do throws(BartizanError) {
      let text = String(decoding: try FileReader.read(file), as: UTF8.self)
      return String(text.drop(while: \.isWhitespace).prefix { !$0.isWhitespace })
    } catch {
      throw BartizanError(.input, "the token file \(file): \(error.message)")
    }
  }

  // MARK: Messages

  /// What went wrong, and which part of the kubeconfig to look at.
  private static func advised(_ error: ConnectionError, _ endpoint: ClusterEndpoint) -> String {
    switch error.kind {
    case .certificateUntrusted:
      endpoint.certificateAuthority == nil
        ? "\(error.message); name it with certificate-authority in the kubeconfig"
        : "\(error.message), not by the certificate-authority of the kubeconfig"
    case .certificateWrongName: "\(error.message); check server and tls-server-name in the kubeconfig"
    case .clientCertificateExpired, .clientCertificateRefused: "\(error.message); get a new kubeconfig"
    case .badSettings: "\(error.message); check the kubeconfig"
    default: error.message
    }
  }
}
