import Bytes
import Findings
import Transport

/// Requests to a server of ours over its HTTP API, whatever they ask.
struct ServerExchange: Sendable {
  private let client: HTTPClient
  private let url: HTTPURL
  private let token: String?
  private let path: String
  private let answerBytes: Int

  /// - Parameters:
  ///   - client: must be closed by the caller.
  ///   - url: of the server; a path in it stands before ours.
  ///   - token: nil to show none.
  ///   - path: of the part of the API, which targets are below.
  ///   - answerBytes: maximum size of an answer.
  init(_ client: HTTPClient, _ url: HTTPURL, token: String?, path: String, answerBytes: Int) {
    self.client = client
    self.url = url
    self.token = token
    self.path = path
    self.answerBytes = answerBytes
  }

  var server: String { url.origin.text }

  /// - Parameter isRepeatable: whether asking again does what asking once does.
  func request(
    _ method: HTTPRequest.Method, _ target: String, body: [UInt8]? = nil, accept: String = "application/json",
    isRepeatable: Bool = true
  ) -> HTTPRequest {
    let base = url.target.hasSuffix("/") ? String(url.target.dropLast()) : url.target
    var request = HTTPRequest(url.at(base + path + target), method)
    request.body = body
    request.headers = [("Accept", accept)]
    if body != nil { request.headers.append(("Content-Type", "application/json")) }
    request.authorization = token.map { "Bearer " + $0 }
    // On this machine nobody reads along.
    request.mayBeOverheard = HTTPHost.isLoopback(url.host)
    if isRepeatable { request.retries = RetryRule(tries: 4, longestWait: .seconds(5), statuses: [429, 503]) }
    return request
  }

  func send(_ request: HTTPRequest) async throws(BartizanError) -> (status: Int, bytes: [UInt8]) {
    do throws(ConnectionError) {
      let response = try await client.send(request)
      return (response.status, try await response.collect(atMost: answerBytes))
    } catch {
      throw BartizanError(.remote, error.message, cause: error)
    }
  }

  var notUnderstood: BartizanError {
    BartizanError(.remote, "\(server): the answer is not understood; is it a Bartizan of the same version?")
  }

  /// What the server says of an answer that is none, at most 500 characters; empty where it says nothing.
  static func message(_ bytes: [UInt8]) -> String {
    (try? JSONReader.read(bytes))?["message"]?.string.map { String($0.prefix(500)) } ?? ""
  }

  /// - Parameter wanted: the token that is wanted, such as `a token of scope read`.
  func failure(_ status: Int, _ said: String, wanted: String) -> BartizanError {
    let words = said.isEmpty ? "" : ": " + said
    switch status {
    case 400, 403: return BartizanError(.usage, server + words)
    case 401:
      return BartizanError(
        .usage,
        token != nil
          ? "\(server) does not know the token"
          : "\(server) wants \(wanted): put it into BARTIZAN_TOKEN, or into a file for --token-file")
    default: return BartizanError(.remote, "\(server): HTTP status \(status)\(words)")
    }
  }
}
