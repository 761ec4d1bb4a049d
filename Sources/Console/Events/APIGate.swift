import Server
import Synchronization

/// Who may ask a part of the HTTP API, and how many are answered at a time.
final class APIGate: Sendable {
  private let tokens: TokenRegister
  /// Questions that are worked on at a time: each of them reads from the disk on a thread of its own.
  private static let mostRunning = 4
  private let running = Mutex(0)

  init(_ tokens: TokenRegister) { self.tokens = tokens }

  func identity(_ head: RequestHead) -> ClientIdentity? { ClientIdentity(head, tokens) }

  /// Why a client is not answered; nil where its token covers the scope.
  func refusal(_ head: RequestHead, wanted: TokenScope) -> ServerResponse? {
    guard let identity = identity(head) else {
      var response = EventAPI.error(401, "unauthorized", "a token of scope \(wanted.rawValue) is wanted")
      response.fields.append(("WWW-Authenticate", "Bearer realm=\"bartizan\""))
      return response
    }
    guard !identity.scope.covers(wanted) else { return nil }
    return EventAPI.error(
      403, "forbidden",
      "the token is of scope \(identity.scope.rawValue), and one of scope \(wanted.rawValue) is wanted")
  }

  /// Answers, unless as many as may be are being answered.
  func answer(_ body: () async -> ServerResponse) async -> ServerResponse {
    let isFree = running.withLock { running in
      guard running < Self.mostRunning else { return false }
      running += 1
      return true
    }
    guard isFree else { return EventAPI.late }
    defer { running.withLock { $0 -= 1 } }
    return await body()
  }
}
