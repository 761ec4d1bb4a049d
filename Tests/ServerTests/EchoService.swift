import Synchronization

@testable import Server

/// Answers with what it was sent; some paths have it refuse, wait or fail.
final class EchoService: ServerService {
  static let bodyBytes = 1 << 16
  let statuses = Mutex<[Int]>([])
  private let deadline: Duration
  /// Requests to `/wait` are answered once it is finished.
  private let gate: AsyncStream<Void>
  private let opener: AsyncStream<Void>.Continuation
  /// Told when a request to `/wait` has come.
  let arrivals: AsyncStream<Void>
  private let arrived: AsyncStream<Void>.Continuation

  init(deadline: Duration = .seconds(600)) {
    self.deadline = deadline
    (gate, opener) = AsyncStream.makeStream(of: Void.self)
    (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
  }

  func open() { opener.finish() }

  func verdict(_ head: RequestHead) -> HeadVerdict {
    switch head.path {
    case "/none": .refuse(.text(404, "nothing"))
    case "/secret":
      head.peer.certificate == nil ? .refuse(.text(401, "who?")) : .accept(bodyBytes: 0, deadline: deadline)
    default: .accept(bodyBytes: Self.bodyBytes, deadline: deadline)
    }
  }

  func answer(_ request: ServerRequest) async -> ServerResponse {
    if request.head.path == "/wait" {
      arrived.yield()
      for await _ in gate {}
    }
    if request.head.path == "/secret" {
      let certificate = request.head.peer.certificate
      return .text(200, "\(certificate?.commonName ?? "") of \(certificate?.organizations ?? [])")
    }
    let query = request.head.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    return .text(
      200,
      "\(request.head.method) \(request.head.path) \(query) \(request.body.count) \(String(decoding: request.body.prefix(20), as: UTF8.self))"
    )
  }

  func late(_ request: ServerRequest) -> ServerResponse { .text(503, "late") }

  func note(_ head: RequestHead?, status: Int, took: Duration) { statuses.withLock { $0.append(status) } }
}
