import Bytes
import Findings
import Report
package import Transport

/// Asks a server of ours for alerts and incidents, and works on them there, over its HTTP API.
package struct AlertServerClient: Sendable {
  private let client: HTTPClient
  private let url: HTTPURL
  private let token: String?

  private static let path = "/api/v1"
  private static let answerBytes = 64 << 20

  /// - Parameters:
  ///   - client: must be closed by the caller.
  ///   - url: of the server; a path in it stands before ours.
  ///   - token: of scope read to ask, admin to change; nil to show none.
  package init(_ client: HTTPClient, _ url: HTTPURL, token: String?) {
    self.client = client
    self.url = url
    self.token = token
  }

  // MARK: Requests

  func get(_ target: String) -> HTTPRequest { request(.get, target) }

  func get(_ path: String, id: String) -> HTTPRequest { request(.get, path + "/" + PercentEncoding.encode(id)) }

  func get(_ path: String, _ question: AlertQuestion) -> HTTPRequest {
    var parts: [String] = []
    for (name, value) in [
      ("state", question.state), ("severity", question.severity), ("rule", question.rule), ("actor", question.actor),
      ("assignee", question.assignee), ("since", question.since), ("until", question.until),
      ("suppressed", question.includesSuppressed ? "true" : nil), ("limit", String(question.limit)),
      ("cursor", question.cursor),
    ] {
      if let value { parts.append("\(name)=\(PercentEncoding.encode(value))") }
    }
    return request(.get, path + "?" + parts.joined(separator: "&"))
  }

  func post(_ path: String, id: String, _ question: TriageQuestion) -> HTTPRequest {
    request(.post, path + "/" + PercentEncoding.encode(id)) { writer in
      writer.field("action", question.action.rawValue)
      if let reason = question.reason { writer.field("reason", reason) }
      if let assignee = question.assignee { writer.field("assignee", assignee) }
      if let comment = question.comment { writer.field("comment", comment) }
    }
  }

  func suppress(_ question: SuppressionQuestion) -> HTTPRequest {
    request(.post, "/suppressions") { writer in
      if let rule = question.rule { writer.field("rule", rule) }
      if let actor = question.actor { writer.field("actor", actor) }
      if let address = question.sourceAddress { writer.field("sourceIP", address) }
      writer.field("reason", question.reason)
      writer.field("for", question.span)
    }
  }

  func lift(_ id: String) -> HTTPRequest { request(.delete, "/suppressions/" + PercentEncoding.encode(id)) }

  func deliveries(_ destination: String?, limit: Int) -> HTTPRequest {
    let part = destination.map { "&destination=\(PercentEncoding.encode($0))" } ?? ""
    return request(.get, "/deliveries?limit=\(limit)\(part)")
  }

  func redeliver(_ destination: String?) -> HTTPRequest {
    request(.post, "/deliveries") { writer in
      writer.field("action", "redeliver")
      if let destination { writer.field("destination", destination) }
    }
  }

  private func request(
    _ method: HTTPRequest.Method, _ target: String, _ body: ((inout JSONWriter) -> Void)? = nil
  ) -> HTTPRequest {
    let base = url.target.hasSuffix("/") ? String(url.target.dropLast()) : url.target
    var request = HTTPRequest(url.at(base + Self.path + target), method)
    request.headers = [("Accept", "application/json")]
    if let body {
      var writer = JSONWriter(pretty: false)
      writer.object(body)
      request.body = writer.bytes
      request.headers.append(("Content-Type", "application/json"))
    }
    request.authorization = token.map { "Bearer " + $0 }
    // On this machine nobody reads along.
    request.mayBeOverheard = HTTPHost.isLoopback(url.host)
    // Doing something again is not doing it once.
    if method == .get { request.retries = RetryRule(tries: 4, longestWait: .seconds(5), statuses: [429, 503]) }
    return request
  }

  // MARK: Answers

  /// - Parameter read: makes the answer of its document.
  func read<T>(_ request: HTTPRequest, _ read: (DocumentNode) -> T?) async throws(BartizanError) -> T {
    let server = url.origin.text
    let status: Int
    let bytes: [UInt8]
    do throws(ConnectionError) {
      let response = try await client.send(request)
      status = response.status
      bytes = try await response.collect(atMost: Self.answerBytes)
    } catch {
      throw BartizanError(.remote, error.message, cause: error)
    }
    let document = try? JSONReader.read(bytes)
    if status == 200 {
      guard let answer = document.flatMap(read) else {
        throw BartizanError(.remote, "\(server): the answer is not understood; is it a Bartizan of the same version?")
      }
      return answer
    }
    let said = document?["message"]?.string.map { String($0.prefix(500)) } ?? ""
    switch status {
    case 400, 403: throw BartizanError(.usage, "\(server): \(said)")
    case 404: throw BartizanError(.input, said.isEmpty ? "\(server): there is nothing at \(request.url.target)" : said)
    case 401:
      throw BartizanError(
        .usage,
        token != nil
          ? "\(server) does not know the token"
          : "\(server) wants a token: put it into BARTIZAN_TOKEN, or into a file for --token-file")
    default: throw BartizanError(.remote, "\(server): HTTP status \(status)\(said.isEmpty ? "" : ": \(said)")")
    }
  }
}
