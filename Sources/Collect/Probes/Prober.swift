import Bytes
package import Depth
package import Findings
import Transport

/// Sends probes to the targets that a user named, and to nobody else: one request at a time to a target, none of them twice, no
/// redirects, no proxies, no secrets.
package struct Prober: Sendable {
  /// Bounds of one run.
  package struct Limits: Sendable {
    /// Bytes of an answer that are read.
    package var answerBytes = 64 << 10
    /// For a connection, and for an answer.
    package var timeout = Duration.seconds(5)
    /// Targets that are asked at a time.
    package var width = 8
    /// Most targets of one run.
    package static let targets = 64

    package init() {}
  }

  private let limits: Limits
  /// Whom `rights` targets act as, by their spelling; a failure where that could not be found out.
  private let identities: [String: Result<ClusterEndpoint, BartizanError>]
  /// Authorities, as PEM, besides those of the machine; nil for none.
  private let authorities: [UInt8]?
  private let environment: @Sendable (String) -> String?

  package init(
    identities: [String: Result<ClusterEndpoint, BartizanError>] = [:], authorities: [UInt8]? = nil,
    limits: Limits = Limits(), environment: @escaping @Sendable (String) -> String? = { _ in nil }
  ) {
    self.identities = identities
    self.authorities = authorities
    self.limits = limits
    // What is found is to be what this machine reaches, and not a proxy.
    self.environment = { $0 == "SSL_CERT_FILE" ? environment($0) : nil }
  }

  /// - Parameter log: called before each request that is sent.
  /// - Returns: by target, and by probe in the order of the catalogue.
  package func run(
    _ targets: [ProbeTarget], log: @escaping @Sendable (ProbeRequest) -> Void = { _ in }
  ) async -> [ProbeResult] {
    await Parallel.map(Array(targets.indices), width: limits.width) { index in
      await probe(targets[index], log)
    }.flatMap { $0 }
  }

  private func probe(_ target: ProbeTarget, _ log: @escaping @Sendable (ProbeRequest) -> Void) async -> [ProbeResult] {
    var known: [ProbeRequest: ProbeResponse] = [:]
    var ports: [Port: ProbeResponse] = [:]
    var results: [ProbeResult] = []
    for probe in ProbeCatalogue.probes(of: target) {
      var exchanges: [ProbeResult.Exchange] = []
      for request in probe.requests(target) {
        let response: ProbeResponse
        var isSent = true
        if let before = known[request] {
          response = before
        } else if let before = ports[Port(request)] {
          response = before
          isSent = false
        } else {
          log(request)
          response = await send(request, target)
          known[request] = response
          switch response {
          case .failed(.refused, _), .failed(.silent, _): ports[Port(request)] = response
          default: break
          }
        }
        exchanges.append(.init(request, response, isSent: isSent))
      }
      results.append(ProbeResult(probe, target, exchanges))
    }
    return results
  }

  private struct Port: Hashable {
    let host: String
    let number: Int
    let isIdentity: Bool

    init(_ request: ProbeRequest) {
      host = request.host
      number = request.port
      isIdentity = request.manner == .identity
    }
  }

  private func send(_ request: ProbeRequest, _ target: ProbeTarget) async -> ProbeResponse {
    if request.manner == .identity { return await ask(request, target) }
    guard let url = HTTPURL(request.url) else {
      return .failed(.notAsked, "\(request.url.prefix(200)) is no address of a server")
    }
    var settings = HTTPSettings(environment: environment)
    settings.trust = authorities.map { .systemAnd($0) } ?? .system
    settings.timeouts.connect = limits.timeout
    settings.timeouts.idle = limits.timeout
    settings.timeouts.answer = limits.timeout
    settings.timeouts.body = limits.timeout
    settings.timeouts.stream = limits.timeout
    var host = HostSettings()
    host.verification = request.manner == .verified ? .full : .inspection
    host.newestTLS = request.manner == .oldTLS ? .tls11 : nil
    settings.hosts[url.host] = host
    let client = HTTPClient(settings)
    let response = await exchange(request, url, client)
    await client.close()
    return response
  }

  private func exchange(_ request: ProbeRequest, _ url: HTTPURL, _ client: HTTPClient) async -> ProbeResponse {
    var message = HTTPRequest(url, Self.method(request.method))
    message.headers = request.headers.map { ($0.name, $0.value) }
    message.body = request.body.map { Array($0.utf8) }
    let response: HTTPResponse
    do throws(ConnectionError) { response = try await client.send(message) } catch {
      return .failed(Self.failure(error.kind), error.message)
    }
    var headers: [String: String] = [:]
    for name in Self.headers { headers[name] = response.header(name).map { String($0.prefix(1_000)) } }
    guard !request.isAnswerSecret else {
      return .answer(ProbeAnswer(status: response.status, headers: headers, isWhole: false))
    }
    let (body, isWhole) = await read(response)
    return .answer(ProbeAnswer(status: response.status, headers: headers, body: body, isWhole: isWhole))
  }

  /// The beginning of a body: its status says most, and a long or slow one is not waited for.
  private func read(_ response: HTTPResponse) async -> ([UInt8], Bool) {
    var body: [UInt8] = []
    var isWhole = true
    do throws(ConnectionError) {
      try await response.stream { bytes in
        let room = limits.answerBytes - body.count
        for index in 0..<min(room, bytes.byteCount) {
          body.append(bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self))
        }
        isWhole = bytes.byteCount <= room
        return isWhole
      }
    } catch { isWhole = false }
    return (body, isWhole)
  }

  /// Headers that probes read.
  private static let headers = [
    "server", "x-powered-by", "x-aspnet-version", "location", "metadata-flavor", "www-authenticate", "content-type",
  ]

  private static func method(_ method: ProbeRequest.Method) -> HTTPRequest.Method {
    switch method {
    case .get: .get
    case .post: .post
    case .put: .put
    }
  }

  private static func failure(_ kind: ConnectionError.Kind) -> ProbeResponse.Failure {
    switch kind {
    case .refused: .refused
    case .unresolved, .unreachable, .timedOut, .tooSlow: .silent
    case .tlsNotSpoken, .badAnswer: .otherProtocol
    case .closedEarly: .brokeOff
    case .tlsRefused: .tlsRefused
    case .clientCertificateWanted, .clientCertificateRefused, .clientCertificateExpired: .certificateWanted
    case .certificateExpired, .certificateNotYetValid: .certificateExpired
    case .certificateUntrusted: .certificateUntrusted
    case .certificateWrongName: .certificateWrongName
    default: .other
    }
  }

  // MARK: Identities

  /// Asks the API server as an identity: its credentials go to its own server alone.
  private func ask(_ request: ProbeRequest, _ target: ProbeTarget) async -> ProbeResponse {
    guard let identity = identities[target.text] else { return .failed(.notAsked, "no identity is known for it") }
    do throws(BartizanError) {
      let endpoint = try identity.get()
      var settings = KubernetesClient.Settings()
      settings.limit(to: limits.timeout)
      settings.retries = .none
      // The rules of a single account may be many.
      settings.answerBytes = 4 << 20
      let client = try await KubernetesClient.connect(endpoint, settings: settings, environment: environment)
      let response = await Self.post(request, client)
      await client.close()
      return response
    } catch {
      return .failed(.notAsked, error.message)
    }
  }

  private static func post(_ request: ProbeRequest, _ client: KubernetesClient) async -> ProbeResponse {
    do throws(APIFailure) {
      let document = try await client.post(request.path, Array((request.body ?? "").utf8))
      var writer = JSONWriter(pretty: false)
      writer.value(document)
      return .answer(ProbeAnswer(status: 201, body: writer.bytes))
    } catch {
      return switch error.kind {
      case .unauthenticated: .answer(ProbeAnswer(status: 401))
      case .forbidden: .answer(ProbeAnswer(status: 403))
      case .notFound: .answer(ProbeAnswer(status: 404))
      case .unavailable: .answer(ProbeAnswer(status: 503))
      case .connection(let kind): .failed(failure(kind), error.message)
      case .expired, .other: .failed(.other, error.message)
      }
    }
  }
}
