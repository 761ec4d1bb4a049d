import Bytes
import Events
import Server
import Synchronization

@testable import Ingest

/// Keeps what it takes, knows repetitions by their keys, and refuses when it is told to.
final class CollectingSink: IngestSink {
  struct Kept: Sendable {
    let event: Event
    let key: String?
  }

  private let state = Mutex<(kept: [Kept], failure: IngestFailure?)>(([], nil))

  var events: [Event] { state.withLock { $0.kept.map(\.event) } }

  func fail(_ failure: IngestFailure?) { state.withLock { $0.failure = failure } }

  func take(_ delivery: EventDelivery) async throws(IngestFailure) -> Set<Int> {
    let failure = state.withLock { $0.failure }
    if let failure { throw failure }
    return state.withLock { state in
      var known = Set(state.kept.compactMap(\.key))
      var repeated = Set<Int>()
      for (index, event) in delivery.events.events.enumerated() {
        let key: String? =
          switch delivery.key {
          case .none: nil
          case .whole(let id): "\(id)#\(index)"
          case .each(let ids): ids[index]
          }
        if let key, !known.insert(key).inserted {
          repeated.insert(index)
          continue
        }
        state.kept.append(Kept(event: event, key: key))
      }
      return repeated
    }
  }
}

/// All protocols before such a sink, asked without a socket.
struct IngestFixture {
  let sink = CollectingSink()
  let service: IngestService
  let token: String

  init() {
    var tokens = TokenList()
    token = tokens.make(.ingest, name: "test", created: "")
    let time = Timestamp("2026-11-28T12:00:00Z") ?? Timestamp(nanoseconds: 0)
    service = IngestService(Intake(sink, now: { time }), tokens: TokenRegister(tokens))
  }

  func ask(
    _ method: String, _ target: String, _ body: [UInt8] = [], fields: [(name: String, value: String)] = [],
    authorization: String? = nil
  ) async -> ServerResponse {
    let parts = target.split(separator: "?", maxSplits: 1)
    let query = (parts.count > 1 ? parts[1].split(separator: "&") : []).map { pair -> (name: String, value: String) in
      let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
      return (sides[0], sides.count > 1 ? sides[1] : "")
    }
    let shown = authorization ?? "Bearer \(token)"
    let head = RequestHead(
      method: method, path: parts.first.map(String.init) ?? "/", query: query,
      fields: (shown.isEmpty ? [] : [("Authorization", shown)]) + fields, peer: Peer(address: "203.0.113.5"))
    switch service.verdict(head) {
    case .refuse(let response): return response
    case .accept: return await service.answer(ServerRequest(head: head, body: body))
    }
  }

  func ask(_ method: String, _ target: String, _ body: String, fields: [(name: String, value: String)] = []) async
    -> ServerResponse
  { await ask(method, target, Array(body.utf8), fields: fields) }
}

extension ServerResponse {
  var text: String { String(decoding: body, as: UTF8.self) }
  func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
  var json: DocumentNode { (try? JSONReader.read(body)) ?? .null }
}
