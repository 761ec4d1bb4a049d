import Ingest
package import Server
import Synchronization

/// Answers what comes to the listener of events: every protocol of senders by its paths, questions, probes and metrics.
package final class EventService: ServerService {
  /// Its name in metrics.
  static let listener = "events"

  private let ingest: IngestService
  private let questions: EventAPI
  /// Nil where there is no detection.
  private let alerts: AlertAPI?
  private let sink: StoreSink
  private let gauges: StoreGauges
  private let tokens: TokenRegister
  private let isLoopback: Bool
  private let metrics: Metrics
  private let isStopping = Mutex(false)
  private let senders = Mutex<SenderListeners?>(nil)
  private let listenerState = Mutex<(@Sendable () -> (connections: Int, requests: Int))?>(nil)

  /// - Parameter isLoopback: whether the listener is for this machine alone, to which metrics are no secret.
  init(
    _ ingest: IngestService, _ questions: EventAPI, _ alerts: AlertAPI?, _ sink: StoreSink, _ gauges: StoreGauges,
    _ tokens: TokenRegister,
    isLoopback: Bool, metrics: Metrics
  ) {
    self.ingest = ingest
    self.questions = questions
    self.alerts = alerts
    self.sink = sink
    self.gauges = gauges
    self.tokens = tokens
    self.isLoopback = isLoopback
    self.metrics = metrics
  }

  /// The listener before it, once there is one, for metrics.
  func listens(_ state: @escaping @Sendable () -> (connections: Int, requests: Int)) {
    listenerState.withLock { $0 = state }
  }

  /// The listeners beside it, for metrics.
  func takes(_ listeners: SenderListeners) { senders.withLock { $0 = listeners } }

  /// From now on it says that it is not ready, so that nothing new is sent here.
  package func beginStop() { isStopping.withLock { $0 = true } }

  private enum Route {
    case health
    case readiness
    case metrics
    case question
    case alerts
    case ingest
  }

  private static func route(_ path: String) -> Route {
    switch path {
    case "/healthz", "/livez": .health
    case "/readyz": .readiness
    case "/metrics": .metrics
    default: EventAPI.owns(path) ? .question : AlertAPI.owns(path) ? .alerts : .ingest
    }
  }

  // MARK: Head

  package func verdict(_ head: RequestHead) -> HeadVerdict {
    switch Self.route(head.path) {
    case .health, .readiness: reading(head)
    case .metrics:
      if isLoopback || ClientIdentity(head, tokens)?.scope.covers(.read) ?? false {
        reading(head)
      } else {
        .refuse(
          .text(401, "a token of scope read is wanted", fields: [("WWW-Authenticate", "Bearer realm=\"bartizan\"")]))
      }
    case .question: questions.verdict(head)
    case .alerts: alerts?.verdict(head) ?? .refuse(AlertAPI.absent)
    case .ingest: ingest.verdict(head)
    }
  }

  private func reading(_ head: RequestHead) -> HeadVerdict {
    guard head.isReading else { return .refuse(.text(405, "GET is answered here", fields: [("Allow", "GET, HEAD")])) }
    return .accept(bodyBytes: 0, deadline: .seconds(10))
  }

  // MARK: Answers

  package func answer(_ request: ServerRequest) async -> ServerResponse {
    switch Self.route(request.head.path) {
    case .health: return .text(200, "ok")
    case .readiness:
      if isStopping.withLock({ $0 }) { return .text(503, "stopping") }
      switch sink.trouble {
      case .full: return .text(503, "no room to store events")
      case .failed: return .text(503, "events cannot be stored")
      case nil: return .text(200, "ok")
      }
    case .metrics:
      await gauges.refresh()
      let waiting = sink.waiting
      metrics.set(Measures.waitingEvents, to: Double(waiting.events))
      metrics.set(Measures.waitingBytes, to: Double(waiting.bytes))
      if let state = listenerState.withLock({ $0 })?() {
        metrics.set(Measures.connections, [("listener", Self.listener)], to: Double(state.connections))
        metrics.set(Measures.openRequests, [("listener", Self.listener)], to: Double(state.requests))
      }
      senders.withLock { $0 }?.measure(metrics)
      let form = MetricsText(accept: request.head.field("Accept"))
      return ServerResponse(
        200, fields: [("Content-Type", form.contentType)], body: Array(form.text(metrics).utf8))
    case .question: return await questions.answer(request)
    case .alerts: return await alerts?.answer(request) ?? AlertAPI.absent
    case .ingest: return await ingest.answer(request)
    }
  }

  package func late(_ request: ServerRequest) -> ServerResponse {
    switch Self.route(request.head.path) {
    case .question, .alerts: EventAPI.late
    case .health, .readiness, .metrics, .ingest: ingest.late(request)
    }
  }

  package func note(_ head: RequestHead?, status: Int, took: Duration) {
    metrics.add(Measures.requests, [("listener", Self.listener), ("code", String(status))])
    guard let head else { return }
    metrics.observe(Measures.duration, [("listener", Self.listener)], took.fraction)
    switch Self.route(head.path) {
    case .question:
      metrics.add(Measures.questions, [("kind", EventAPI.kind(head.path)), ("code", String(status))])
    case .alerts:
      metrics.add(Measures.questions, [("kind", AlertAPI.kind(head.path)), ("code", String(status))])
    case .ingest:
      guard status >= 400 else { return }
      metrics.add(
        Measures.refusedRequests, [("protocol", ingest.name(head.path) ?? "none"), ("reason", Self.reason(status))])
    case .health, .readiness, .metrics: break
    }
  }

  /// Why a request of a sender was refused.
  private static func reason(_ status: Int) -> String {
    switch status {
    case 401, 403: "unauthorized"
    case 404, 405: "unknown"
    case 413: "too-large"
    case 415: "unsupported"
    case 429, 503: "busy"
    case 400..<500: "invalid"
    default: "failed"
    }
  }
}
