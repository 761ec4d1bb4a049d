package import Bytes
import Findings
package import Transport
package import Trust

/// Asks responders (OCSP) and fetches lists of revoked certificates, where certificates say that these are.
///
/// It is asked about certificates that lead to a trust store only. What it learnt is used again for an hour, or until its time is over;
/// what many ask for at once is fetched once.
///
/// Source: RFC 6960, appendix A; RFC 5280, section 4.2.1.13.
package struct RevocationFetcher: RevocationSource {
  private enum Limit {
    /// Answers that are kept.
    static let answers = 1_000
    /// Lists that are kept; they may be large.
    static let lists = 32
  }

  private struct Question: Hashable {
    let location: String
    let certificate: SigningCertificate
    let issuer: SigningCertificate
  }

  private let settings: HTTPSettings
  private let now: @Sendable () -> Timestamp
  private let responses = RevocationShelf<Question, OCSPResponse>(most: Limit.answers)
  private let lists = RevocationShelf<String, RevocationList>(most: Limit.lists)

  package init(_ settings: HTTPSettings, now: @escaping @Sendable () -> Timestamp) {
    var settings = settings
    // Verification waits for it.
    settings.timeouts.connect = .seconds(5)
    settings.timeouts.idle = .seconds(5)
    settings.timeouts.answer = .seconds(10)
    settings.timeouts.body = .seconds(20)
    self.settings = settings
    self.now = now
  }

  // MARK: Asking

  package func response(
    from location: String, on certificate: SigningCertificate, issuer: SigningCertificate
  ) async throws(RevocationSourceFailure) -> OCSPResponse {
    let question = Question(location: location, certificate: certificate, issuer: issuer)
    return try await responses.value(of: question, now: now()) { [settings] () throws(RevocationSourceFailure) in
      let response = try await Self.ask(question, settings)
      return (response, until: response.nextUpdate)
    }
  }

  package func list(from location: String) async throws(RevocationSourceFailure) -> RevocationList {
    try await lists.value(of: location, now: now()) { [settings] () throws(RevocationSourceFailure) in
      let request = HTTPRequest(try Self.url(location))
      let bytes = try await Self.body(request, settings, TrustLimits.revocationListBytes)
      let list = try Self.reading(location) { () throws(TrustFailure) in try RevocationList(bytes) }
      return (list, until: list.nextUpdate)
    }
  }

  // MARK: The network

  private static func ask(
    _ question: Question, _ settings: HTTPSettings
  ) async throws(RevocationSourceFailure) -> OCSPResponse {
    var generator = SystemRandomNumberGenerator()
    let nonce = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
    var request = HTTPRequest(try url(question.location), .post)
    request.headers = [("Content-Type", "application/ocsp-request"), ("Accept", "application/ocsp-response")]
    request.body = OCSPRequest.bytes(question.certificate, issuer: question.issuer, nonce: nonce)
    let bytes = try await body(request, settings, TrustLimits.statusResponseBytes)
    let response = try reading(question.location) { () throws(TrustFailure) in try OCSPResponse(bytes) }
    // Responders that answer from a store repeat no nonce; what those say is bound by its own time. Another nonce is an answer to
    // somebody else.
    guard response.nonce == nil || response.nonce == nonce else {
      throw RevocationSourceFailure("\(question.location): the answer is to another question")
    }
    return response
  }

  private static func url(_ location: String) throws(RevocationSourceFailure) -> HTTPURL {
    guard location.utf8.count <= 2_048, let url = HTTPURL(location), url.user == nil else {
      throw RevocationSourceFailure("\(location.prefix(100)): no URL of http or https")
    }
    return url
  }

  private static func body(
    _ request: HTTPRequest, _ settings: HTTPSettings, _ limit: Int
  ) async throws(RevocationSourceFailure) -> [UInt8] {
    var request = request
    request.redirects = .careful
    // Answers are used for an hour, so that a connection that stays open would serve nobody.
    let client = HTTPClient(settings)
    let result: Result<[UInt8], RevocationSourceFailure>
    do throws(ConnectionError) {
      let response = try await client.send(request)
      if response.status == 200 {
        result = .success(try await response.collect(atMost: limit))
      } else {
        await response.discard()
        result = .failure(RevocationSourceFailure("\(request.url.text) answers \(response.status)"))
      }
    } catch { result = .failure(RevocationSourceFailure("\(request.url.text): \(error.message)")) }
    await client.close()
    return try result.get()
  }

  private static func reading<Value>(
    _ location: String, _ body: () throws(TrustFailure) -> Value
  ) throws(RevocationSourceFailure) -> Value {
    do throws(TrustFailure) { return try body() } catch {
      throw RevocationSourceFailure("\(location): \(error.sentence)")
    }
  }
}
