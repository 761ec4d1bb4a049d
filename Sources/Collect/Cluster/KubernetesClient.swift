import AsyncHTTPClient
import Bytes
package import Findings
import Glibc
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL
import Synchronization
import Transport

/// Speaks to one API server: JSON over HTTPS, with retries, within bounds. It reads, and asks what it may do; it changes
/// nothing.
package final class KubernetesClient: Sendable {
  /// Bounds and patience.
  package struct Settings: Sendable {
    /// Largest answer, in bytes.
    package var answerBytes = 64 << 20
    /// Seconds without a byte after which a request has failed.
    package var readSeconds = 30
    package var connectSeconds = 10
    /// Tries of a request that the server asks to repeat, the first included.
    package var tries = 5
    /// Longest wait, in seconds, between two tries, whatever the server asks for.
    package var longestWait = 30
    /// How long a plugin may take.
    package var pluginSeconds = ExecCredentialPlugin.patience
    package init() {}
  }

  package let endpoint: ClusterEndpoint
  private let http: HTTPClient
  private let base: String
  private let settings: Settings
  private let token: Mutex<String?>

  /// Keys of answers that no analysis reads: they are much of the bytes.
  static let unread = ["managedFields"]

  /// - Throws: one line when the address, a certificate or the credentials are of no use.
  package static func connect(
    _ endpoint: ClusterEndpoint, settings: Settings = Settings(), environment: (String) -> String? = { _ in nil }
  ) async throws(BartizanError) -> KubernetesClient {
    var endpoint = endpoint
    var token: String?
    switch endpoint.credential {
    case .plugin(let plugin):
      let answer = try await plugin.ask(endpoint, seconds: settings.pluginSeconds)
      token = answer.token
      if let certificate = answer.certificate { endpoint.clientCertificate = certificate }
    case .token(let text): token = text
    case .tokenFile(let path): token = try Self.token(file: path)
    case .basic, .none: break
    }
    return try KubernetesClient(endpoint, token: token, settings: settings, environment: environment)
  }

  private init(
    _ endpoint: ClusterEndpoint, token: String?, settings: Settings, environment: (String) -> String?
  ) throws(BartizanError) {
    self.endpoint = endpoint
    self.settings = settings
    self.token = Mutex(token)
    guard let address = ServerAddress(endpoint.server) else {
      throw BartizanError(
        .input, "context \"\(endpoint.name)\": the server \"\(endpoint.server)\" is no http or https URL")
    }
    if !address.isSecure, token != nil || endpoint.clientCertificate != nil || Self.hasPassword(endpoint) {
      throw BartizanError(
        .input,
        "context \"\(endpoint.name)\": \(endpoint.server) is plain http; credentials are not sent over it, use https")
    }
    var configuration = HTTPClient.Configuration(
      certificateVerification: .fullVerification, redirectConfiguration: .disallow,
      timeout: .init(
        connect: .seconds(Int64(settings.connectSeconds)), read: .seconds(Int64(settings.readSeconds))),
      decompression: .enabled(limit: .size(settings.answerBytes)))
    configuration.httpVersion = .http1Only
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.tlsConfiguration = try Self.tls(endpoint)
    if let name = endpoint.serverName, !name.isEmpty, name != address.host {
      // The connection goes to the address, the certificate is judged by the name.
      configuration.dnsOverride = [name: address.host]
      base = address.text(host: name)
    } else {
      base = address.text(host: address.host)
    }
    configuration.proxy = try HTTPProxy.find(
      endpoint.proxy, for: address, environment: environment, context: "context \"\(endpoint.name)\"")
    http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  /// Names of the kinds that the server can list, as kubectl writes them.
  ///
  /// - Throws: one line when the server does not answer.
  package func listableKinds() async throws(BartizanError) -> [String] {
    do throws(APIFailure) {
      return try await APIDiscovery(self).resources.map(\.text)
    } catch {
      throw BartizanError(.remote, "context \"\(endpoint.name)\": \(error.message)")
    }
  }

  package func close() async { try? await http.shutdown() }

  // MARK: Requests

  /// - Parameter path: with its query, such as `/api/v1/pods?limit=500`.
  func get(_ path: String, accept: String = "application/json") async throws(APIFailure) -> DocumentNode {
    try await request(path, accept: accept, body: nil)
  }

  func post(_ path: String, _ body: [UInt8]) async throws(APIFailure) -> DocumentNode {
    try await request(path, accept: "application/json", body: body)
  }

  private func request(_ path: String, accept: String, body: [UInt8]?) async throws(APIFailure) -> DocumentNode {
    var attempt = 1
    var renewed = false
    while true {
      var wait = 0.0
      let failure: APIFailure
      do throws(APIFailure) {
        let (status, retryAfter, node) = try await once(path, accept: accept, body: body)
        if (200..<300).contains(status) {
          guard let node else { throw APIFailure(.other, "the server answered \(status) without a body") }
          return node
        }
        failure = APIFailure(status: status, body: node)
        wait = retryAfter ?? min(0.2 * Double(1 << attempt), 5)
      } catch {
        throw error
      }
      if failure.kind == .unauthenticated, !renewed, await renewToken() {
        renewed = true
        continue
      }
      guard failure.kind == .unavailable, attempt < settings.tries else { throw failure }
      attempt += 1
      do {
        try await Task.sleep(for: .seconds(min(wait, Double(settings.longestWait))))
      } catch {
        throw failure
      }
    }
  }

  private func once(
    _ path: String, accept: String, body: [UInt8]?
  ) async throws(APIFailure) -> (status: Int, retryAfter: Double?, body: DocumentNode?) {
    var request = HTTPClientRequest(url: base + path)
    request.method = body == nil ? .GET : .POST
    request.headers.add(name: "Accept", value: accept)
    request.headers.add(name: "User-Agent", value: "bartizan")
    if let body {
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(body)
    }
    addIdentity(to: &request.headers)
    let response: HTTPClientResponse
    do {
      response = try await http.execute(request, deadline: .now() + .seconds(Int64(settings.readSeconds) * 4))
    } catch {
      throw await explained(error)
    }
    let status = Int(response.status.code)
    if (300..<400).contains(status) {
      let target = response.headers.first(name: "Location") ?? "nowhere"
      throw APIFailure(.other, "the server sends us on to \(target.prefix(200)); redirects are not followed")
    }
    let retryAfter = response.headers.first(name: "Retry-After").flatMap(Double.init).map { max(0, $0) }
    let buffer: ByteBuffer
    do {
      buffer = try await response.body.collect(upTo: settings.answerBytes)
    } catch is NIOTooManyBytesError {
      throw APIFailure(.other, "the server's answer is larger than \(settings.answerBytes >> 20) MiB")
    } catch {
      throw await explained(error)
    }
    let type = response.headers.first(name: "Content-Type") ?? ""
    guard type.lowercased().hasPrefix("application/json") else {
      // An error of something before the server is seldom JSON; its status says enough.
      if status >= 400 { return (status, retryAfter, nil) }
      throw APIFailure(
        .other, "the server answered with \(type.isEmpty ? "no content type" : type.prefix(80)[...]), not JSON")
    }
    let node = Result {
      try buffer.withUnsafeReadableBytes { raw in
        try JSONReader.readMessage(raw.bindMemory(to: UInt8.self).span, dropping: Self.unread)
      }
    }
    switch node {
    case .success(let node): return (status, retryAfter, node)
    case .failure(let error):
      if status >= 400 { return (status, retryAfter, nil) }
      throw APIFailure(
        .other, "the server's answer is no JSON: \((error as? DocumentError)?.message ?? String(describing: error))")
    }
  }

  private func addIdentity(to headers: inout HTTPHeaders) {
    if let token = token.withLock({ $0 }) {
      headers.add(name: "Authorization", value: "Bearer " + token)
    } else if case .basic(let user, let password) = endpoint.credential {
      headers.add(name: "Authorization", value: "Basic " + Base64.encode("\(user):\(password)".utf8))
    }
    let impersonation = endpoint.impersonation
    if let user = impersonation.user { headers.add(name: "Impersonate-User", value: user) }
    if let uid = impersonation.uid { headers.add(name: "Impersonate-Uid", value: uid) }
    for group in impersonation.groups { headers.add(name: "Impersonate-Group", value: group) }
    for (key, values) in impersonation.extra {
      for value in values { headers.add(name: "Impersonate-Extra-" + key, value: value) }
    }
  }

  /// Gets another token where there may be a newer one.
  ///
  /// - Returns: whether there is.
  private func renewToken() async -> Bool {
    var fresh: String?
    switch endpoint.credential {
    case .plugin(let plugin):
      fresh = try? await plugin.ask(endpoint, seconds: settings.pluginSeconds).token
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

  private static func tls(_ endpoint: ClusterEndpoint) throws(BartizanError) -> TLSConfiguration {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    func parse<T>(_ what: String, _ body: () throws -> T) throws(BartizanError) -> T {
      do {
        return try body()
      } catch {
        throw BartizanError(.input, "context \"\(endpoint.name)\": the \(what) is not readable PEM")
      }
    }
    if endpoint.skipsVerification {
      tls.certificateVerification = .none
    } else if let authority = endpoint.certificateAuthority {
      tls.trustRoots = .certificates(
        try parse("certificate authority") { try NIOSSLCertificate.fromPEMBytes(authority) })
    }
    if let client = endpoint.clientCertificate {
      let chain = try parse("client certificate") { try NIOSSLCertificate.fromPEMBytes(client.chain) }
      if let first = chain.first, first.notValidAfter < time(nil) {
        throw BartizanError(
          .input,
          "context \"\(endpoint.name)\": your client certificate expired on \(CalendarDay.text(first.notValidAfter)); get a new kubeconfig"
        )
      }
      tls.certificateChain = chain.map { .certificate($0) }
      tls.privateKey = .privateKey(
        try parse("client key") { try NIOSSLPrivateKey(bytes: client.key, format: .pem) })
    }
    return tls
  }

  // MARK: Trouble

  private func explained(_ error: any Error) async -> APIFailure {
    if HTTPTrouble.isAboutCertificate(error) {
      return APIFailure(.other, await ServerCertificate.trouble(with: endpoint))
    }
    return APIFailure(
      .other,
      HTTPTrouble.message(
        error, server: endpoint.server, connectSeconds: settings.connectSeconds, readSeconds: settings.readSeconds))
  }
}
