package import Server

/// Every protocol that takes events over HTTP, on one listener, told apart by path.
package struct IngestService: ServerService {
  /// A protocol is a type in `Endpoints` and a line here.
  package static func endpoints() -> [any IngestEndpoint] {
    [
      AuditEndpoint(), ElasticsearchEndpoint(), FalcoEndpoint(), LinesEndpoint(), OTLPEndpoint(), SplunkEndpoint(),
      SumoEndpoint(),
    ]
  }

  /// Largest body, decompressed: a batch of the audit webhook is 10 MiB, one of Elasticsearch's clients up to 100.
  package static let bodyBytes = 100 << 20
  private static let deadline = Duration.seconds(25)

  private let endpoints: [any IngestEndpoint]
  private let intake: Intake
  private let tokens: TokenList
  private let noted: @Sendable (_ protocolName: String?, _ status: Int, _ took: Duration) -> Void

  package init(
    _ intake: Intake, tokens: TokenList,
    noted: @escaping @Sendable (_ protocolName: String?, _ status: Int, _ took: Duration) -> Void = { _, _, _ in }
  ) {
    self.intake = intake
    self.tokens = tokens
    self.noted = noted
    endpoints = Self.endpoints()
  }

  private func endpoint(_ path: String) -> (any IngestEndpoint)? { endpoints.first { type(of: $0).owns(path) } }

  /// Whether a path belongs to one of the protocols.
  package func owns(_ path: String) -> Bool { endpoint(path) != nil }

  private func isKnown(_ head: RequestHead, _ kind: any IngestEndpoint.Type) -> Bool {
    let shown = head.field("Authorization").map { Credentials.token(authorization: $0) } ?? kind.token(head)
    return shown.flatMap { tokens.entry(of: $0) }?.scope.covers(.ingest) ?? false
  }

  package func verdict(_ head: RequestHead) -> HeadVerdict {
    guard let endpoint = endpoint(head.path) else { return .refuse(.text(404, "there is nothing at this path")) }
    let kind = type(of: endpoint)
    guard kind.isOpen(head.path) || isKnown(head, kind) else {
      return .refuse(
        kind.unauthorized(head)
          ?? .text(401, "a token of scope ingest is wanted", fields: [("WWW-Authenticate", "Bearer realm=\"bartizan\"")]))
    }
    return .accept(bodyBytes: Self.bodyBytes, deadline: Self.deadline)
  }

  package func answer(_ request: ServerRequest) async -> ServerResponse {
    guard let endpoint = endpoint(request.head.path) else { return .text(404, "there is nothing at this path") }
    return await endpoint.answer(request, intake, from: request.head.peer.address)
  }

  package func late(_ request: ServerRequest) -> ServerResponse {
    .text(503, "too much is taken at this moment; try again", fields: [("Retry-After", "5")])
  }

  package func note(_ head: RequestHead?, status: Int, took: Duration) {
    noted(head.flatMap { endpoint($0.path) }.map { type(of: $0).name }, status, took)
  }
}
