import Bytes
import Findings
import Report
package import Transport

/// Asks a server of ours for alerts and incidents, and works on them there, over its HTTP API.
package struct AlertServerClient: Sendable {
  private let exchange: ServerExchange

  /// - Parameters:
  ///   - client: must be closed by the caller.
  ///   - url: of the server; a path in it stands before ours.
  ///   - token: of scope read to ask, admin to change; nil to show none.
  package init(_ client: HTTPClient, _ url: HTTPURL, token: String?) {
    exchange = ServerExchange(client, url, token: token, path: "/api/v1", answerBytes: 64 << 20)
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

  func selfTest() -> HTTPRequest { request(.post, "/self-test") { _ in } }

  private func request(
    _ method: HTTPRequest.Method, _ target: String, _ body: ((inout JSONWriter) -> Void)? = nil
  ) -> HTTPRequest {
    let bytes = body.map { body in
      var writer = JSONWriter(pretty: false)
      writer.object(body)
      return writer.bytes
    }
    // Doing something again is not doing it once.
    return exchange.request(method, target, body: bytes, isRepeatable: method == .get)
  }

  // MARK: Answers

  /// - Parameter read: makes the answer of its document.
  func read<T>(_ request: HTTPRequest, _ read: (DocumentNode) -> T?) async throws(BartizanError) -> T {
    let (status, bytes) = try await exchange.send(request)
    if status == 200 {
      guard let answer = (try? JSONReader.read(bytes)).flatMap(read) else { throw exchange.notUnderstood }
      return answer
    }
    let said = ServerExchange.message(bytes)
    if status == 404 {
      throw BartizanError(
        .input, said.isEmpty ? "\(exchange.server): there is nothing at \(request.url.target)" : said)
    }
    throw exchange.failure(status, said, wanted: "a token")
  }
}
