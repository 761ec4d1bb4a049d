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
  /// Largest body of a request that needs no token.
  private static let openBytes = 64 << 10
  private static let deadline = Duration.seconds(25)

  private let endpoints: [any IngestEndpoint]
  private let intake: Intake
  private let tokens: TokenRegister

  package init(_ intake: Intake, tokens: TokenRegister) {
    self.intake = intake
    self.tokens = tokens
    endpoints = Self.endpoints()
  }

  private func endpoint(_ path: String) -> (any IngestEndpoint)? { endpoints.first { type(of: $0).owns(path) } }

  /// The protocol that a path belongs to; nil for one of none.
  package func name(_ path: String) -> String? { endpoint(path).map { type(of: $0).name } }

  /// Who a client is; nil for one that shows nothing that is known.
  private func identity(_ head: RequestHead, _ kind: any IngestEndpoint.Type) -> ClientIdentity? {
    ClientIdentity(head, tokens, shown: kind.token(head))
  }

  package func verdict(_ head: RequestHead) -> HeadVerdict {
    guard let endpoint = endpoint(head.path) else { return .refuse(.text(404, "there is nothing at this path")) }
    let kind = type(of: endpoint)
    guard !kind.isOpen(head) else { return .accept(bodyBytes: Self.openBytes, deadline: Self.deadline) }
    guard let identity = identity(head, kind) else {
      return .refuse(
        kind.unauthorized(head)
          ?? .text(
            401, "a token of scope ingest is wanted", fields: [("WWW-Authenticate", "Bearer realm=\"bartizan\"")]))
    }
    guard identity.scope.covers(.ingest) else {
      return .refuse(
        kind.forbidden(head)
          ?? .text(403, "the token is of scope \(identity.scope.rawValue), and one of scope ingest is wanted"))
    }
    return .accept(bodyBytes: Self.bodyBytes, deadline: Self.deadline)
  }

  package func answer(_ request: ServerRequest) async -> ServerResponse {
    guard let endpoint = endpoint(request.head.path) else { return .text(404, "there is nothing at this path") }
    let address = request.head.peer.address
    let sender = identity(request.head, type(of: endpoint)).map { "\($0.name)@\(address)" } ?? address
    return await endpoint.answer(request, intake, from: sender)
  }

  package func late(_ request: ServerRequest) -> ServerResponse {
    .text(503, "too much is taken at this moment; try again", fields: [("Retry-After", "5")])
  }

  package func note(_ head: RequestHead?, status: Int, took: Duration) {}
}
