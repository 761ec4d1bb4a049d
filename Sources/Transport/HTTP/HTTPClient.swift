import AsyncHTTPClient
import Bytes
import NIOCore
import NIOHTTP1
import Synchronization

/// Asks servers over HTTP/1.1, within bounds: the one way in which anything here speaks to the network.
///
/// Each server has connections of its own, with the settings of its host: what is relaxed for one, a client certificate and
/// credentials go to no other, wherever it sends us.
package final class HTTPClient: Sendable {
  package let settings: HTTPSettings
  /// By origin; nil once the client is closed.
  private let connections = Mutex<[HTTPOrigin: HTTPConnections]?>([:])

  package init(_ settings: HTTPSettings) { self.settings = settings }

  /// Looks whether certificates, keys and the proxy for a server are of use, before anything is asked.
  package func prepare(_ url: HTTPURL) throws(ConnectionError) { _ = try connections(to: url) }

  /// Ends all connections. It must be called.
  package func close() async {
    let all = connections.withLock { state in
      defer { state = nil }
      return state ?? [:]
    }
    for one in all.values { try? await one.http.shutdown() }
  }

  /// The answer to a request, whatever its status.
  ///
  /// - Throws: when there is none: nobody answers in time, the server is not the one that was meant, it sends us where we do
  ///   not go, or credentials would be overheard.
  package func send(_ request: HTTPRequest) async throws(ConnectionError) -> HTTPResponse {
    var attempt = 1
    while true {
      let wait: Duration
      do throws(ConnectionError) {
        var response = try await follow(request)
        response.attempts = attempt
        guard request.retries.statuses.contains(response.status), attempt < request.retries.tries else {
          return response
        }
        wait = request.retries.wait(response.header("Retry-After"), attempt: attempt)
        await response.discard()
      } catch {
        // A server may close a connection at the moment in which it is used again.
        guard error.kind == .closedEarly, request.isIdempotent, attempt < request.retries.tries else { throw error }
        wait = request.retries.wait(nil, attempt: attempt)
      }
      attempt += 1
      do { try await Task.sleep(for: wait) } catch { throw ConnectionError(.cancelled, "stopped", cause: error) }
    }
  }

  private func follow(_ request: HTTPRequest) async throws(ConnectionError) -> HTTPResponse {
    var request = request
    for _ in 0...request.redirects.limit {
      let response = try await once(request)
      guard request.redirects.limit > 0, [301, 302, 303, 307, 308].contains(response.status),
        request.method == .get || request.method == .head, let location = response.header("Location")
      else { return response }
      await response.discard()
      guard let target = request.url.resolving(location) else {
        throw ConnectionError(
          .redirectRefused,
          "\(request.url.origin.text): a redirect to \(HTTPURL.withoutPassword(String(location.prefix(100)))), which is not https; not followed"
        )
      }
      if let refusal = RedirectRule.refusal(from: request.url, to: target) {
        throw ConnectionError(
          .redirectRefused, "\(request.url.origin.text): a redirect to \(target.shown), \(refusal); not followed")
      }
      // Credentials are for the server that they were given for.
      if target.origin != request.url.origin {
        request.authorization = nil
        request.headers.removeAll { ["authorization", "cookie"].contains($0.name.lowercased()) }
        guard !request.hasSecrets else {
          throw ConnectionError(
            .redirectRefused, "\(request.url.origin.text): a redirect of credentials to \(target.shown); not followed")
        }
      }
      request.url = target
    }
    throw ConnectionError(
      .redirectRefused, "\(request.url.origin.text) sends us on more than \(request.redirects.limit) times")
  }

  private func once(_ request: HTTPRequest) async throws(ConnectionError) -> HTTPResponse {
    let origin = request.url.origin
    try checkSecrecy(of: request)
    let connections = try connections(to: request.url)
    var message = HTTPClientRequest(url: connections.address(of: request.url))
    message.method = HTTPMethod(rawValue: request.method.rawValue)
    message.headers.add(name: "User-Agent", value: "bartizan")
    if let host = connections.hostHeader(for: request.url) { message.headers.add(name: "Host", value: host) }
    for (name, value) in request.headers { message.headers.add(name: name, value: value) }
    if let authorization = request.authorization { message.headers.add(name: "Authorization", value: authorization) }
    if let body = request.body { message.body = .bytes(ByteBuffer(bytes: body)) }
    let timeout = min(request.answerTimeout ?? settings.timeouts.answer, settings.timeouts.answer)
    do {
      let response = try await connections.http.execute(message, timeout: .nanoseconds(timeout.nanoseconds))
      return HTTPResponse(response, url: request.url, timeouts: settings.timeouts)
    } catch {
      var timeouts = settings.timeouts
      timeouts.answer = timeout
      let failure = ConnectionError.of(error, server: origin.text, proxy: connections.proxy, timeouts: timeouts)
      guard failure.kind == .certificateUntrusted else { throw failure }
      throw await diagnosed(failure, request.url)
    }
  }

  /// - Throws: where something secret would go over a connection that nobody vouches for.
  private func checkSecrecy(of request: HTTPRequest) throws(ConnectionError) {
    guard request.isSecret else { return }
    let host = settings.settings(of: request.url.host)
    if request.url.isSecure, host.verification == .inspection {
      throw ConnectionError(
        .credentialsWithheld,
        "the certificate of \(request.url.origin.text) was not verified; credentials are not sent to it")
    }
    if !request.url.isSecure, !host.sendsCredentialsInClear, !request.mayBeOverheard {
      throw ConnectionError(
        .credentialsWithheld, "\(request.url.origin.text) is plain http; credentials are not sent over it")
    }
  }

  private func connections(to url: HTTPURL) throws(ConnectionError) -> HTTPConnections {
    let outcome = connections.withLock { state -> Result<HTTPConnections, ConnectionError> in
      guard var known = state else { return .failure(ConnectionError(.cancelled, "the connection was given up")) }
      if let found = known[url.origin] { return .success(found) }
      do throws(ConnectionError) {
        let made = try HTTPConnections(to: url, settings)
        known[url.origin] = made
        state = known
        return .success(made)
      } catch {
        return .failure(error)
      }
    }
    return try outcome.get()
  }

  // MARK: Certificates

  /// What is wrong with a certificate that no authority vouches for, from a look at it.
  private func diagnosed(_ failure: ConnectionError, _ url: HTTPURL) async -> ConnectionError {
    guard let certificate = await certificate(of: url) else { return failure }
    return certificate.trouble(at: url.origin.text, time: UnixTime.now) ?? failure
  }

  /// The certificate that a server shows, whoever signed it. A connection of its own shakes hands and ends: nothing is sent,
  /// and nothing is believed.
  ///
  /// - Returns: nil where none was seen in time.
  package func certificate(of url: HTTPURL) async -> ServerCertificate? {
    guard url.isSecure, settings.routes[url.authority] == nil else { return nil }
    var settings = settings
    settings.timeouts.connect = min(settings.timeouts.connect, .seconds(5))
    settings.timeouts.answer = min(settings.timeouts.answer, .seconds(10))
    var host = settings.settings(of: url.host)
    host.verification = .inspection
    host.clientCertificate = nil
    settings.hosts[url.host] = host
    let box = CertificateBox()
    guard let connections = try? HTTPConnections(to: url, settings, inspecting: box) else { return nil }
    _ = try? await connections.http.execute(
      HTTPClientRequest(url: connections.address(of: url)), timeout: .nanoseconds(settings.timeouts.answer.nanoseconds))
    try? await connections.http.shutdown()
    return box.certificate
  }
}

extension Duration {
  /// Clamped to what 64 bits hold, some 292 years.
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow
      ? (seconds < 0 ? .min : .max) : whole.addingReportingOverflow(attoseconds / 1_000_000_000).partialValue
  }
}
