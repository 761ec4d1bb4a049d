import Bytes
import Events
import Findings
import Ingest
import Operations
import Report
import Server
import Store

/// Questions to the store over HTTP: `/api/v1/events/search`, `count`, `fields`, `status` and single events. docs/openapi.yaml
/// describes it.
///
/// Answers are the documents that the command line prints. Secrets in originals are hidden, and questions are asked of what is
/// left, so that no question tells what is hidden. Who has a token of scope admin may have it revealed, which is an event itself.
final class EventAPI: Sendable {
  private static let prefix = "/api/v1/events"
  private static let bodyBytes = 1 << 20
  private static let deadline = Duration.seconds(60)
  /// Most events of a page, and most bytes of their originals together; one event is always given.
  private static let mostEvents = 5_000
  private static let mostBytes = 32 << 20

  private let store: any EventStore
  private let gate: APIGate
  private let activity: ActivityLog
  private let surroundings: Surroundings

  init(_ store: any EventStore, _ tokens: TokenRegister, _ intake: Intake, _ surroundings: Surroundings) {
    self.store = store
    gate = APIGate(tokens)
    self.surroundings = surroundings
    activity = ActivityLog(intake, surroundings)
  }

  // MARK: Paths

  private enum Route {
    case search
    case count
    case fields
    case status
    case event(EventPosition)
  }

  static func owns(_ path: String) -> Bool { path == prefix || path.hasPrefix(prefix + "/") }

  private static func route(_ path: String) -> Route? {
    guard path.hasPrefix(prefix + "/") else { return nil }
    let word = path.dropFirst(prefix.count + 1)
    switch word {
    case "search": return .search
    case "count": return .count
    case "fields": return .fields
    case "status": return .status
    default:
      guard word.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let number = Int64(word), number > 0 else { return nil }
      return .event(EventPosition(number))
    }
  }

  /// What kind of question a path is, for metrics.
  static func kind(_ path: String) -> String {
    switch route(path) {
    case .search: "search"
    case .count: "count"
    case .fields: "fields"
    case .status: "status"
    case .event: "show"
    case nil: "unknown"
    }
  }

  // MARK: Head

  func verdict(_ head: RequestHead) -> HeadVerdict {
    guard let route = Self.route(head.path) else {
      return .refuse(Self.error(404, "not-found", "there is nothing at this path"))
    }
    if let refusal = gate.refusal(head, wanted: .read) { return .refuse(refusal) }
    switch route {
    case .search, .count, .fields:
      guard head.isReading || head.method == "POST" else { return .refuse(Self.methods("GET, HEAD, POST")) }
    case .status, .event: guard head.isReading else { return .refuse(Self.methods("GET, HEAD")) }
    }
    return .accept(bodyBytes: head.isReading ? 0 : Self.bodyBytes, deadline: Self.deadline)
  }

  static func methods(_ allowed: String) -> ServerResponse {
    var response = error(405, "method-not-allowed", "\(allowed) is answered here")
    response.fields.append(("Allow", allowed))
    return response
  }

  static func error(_ status: Int, _ code: String, _ message: String) -> ServerResponse {
    var writer = JSONWriter(pretty: false)
    writer.answer("Error") { writer in
      writer.field("code", code)
      writer.field("message", message)
    }
    writer.endLine()
    return .json(status, writer.bytes)
  }

  static var late: ServerResponse {
    var response = error(503, "busy", "the answer takes too long, or too much is asked at this moment")
    response.fields.append(("Retry-After", "2"))
    return response
  }

  // MARK: Answers

  func answer(_ request: ServerRequest) async -> ServerResponse {
    guard let route = Self.route(request.head.path), let identity = gate.identity(request.head) else {
      return Self.error(404, "not-found", "there is nothing at this path")
    }
    return await gate.answer { await answer(route, request, identity) }
  }

  private func answer(_ route: Route, _ request: ServerRequest, _ identity: ClientIdentity) async -> ServerResponse {
    do {
      let parameters = try EventAPIParameters(request)
      let reveals = try parameters.flag("reveal")
      if reveals {
        guard identity.scope.covers(.admin) else {
          return Self.error(403, "forbidden", "only a token of scope admin may have secrets revealed")
        }
        guard await activity.revealed(to: identity, request.head.peer.address, request.head.path, parameters) else {
          return Self.error(503, "not-recorded", "secrets are revealed only where that can be recorded; try again")
        }
      }
      return try await answer(route, parameters, reveals: reveals, isOurs: Self.isOurs(request.head))
    } catch let error as BartizanError {
      if error.code == .usage { return Self.error(400, "usage", error.message) }
      return Self.error(500, error.code.rawValue, error.message)
    } catch {
      return Self.error(500, "failed", "the question could not be answered")
    }
  }

  /// Whether the client is our own, which makes the events again itself.
  private static func isOurs(_ head: RequestHead) -> Bool { head.field("Accept") == EventMessage.mediaType }

  private func answer(
    _ route: Route, _ parameters: EventAPIParameters, reveals: Bool, isOurs: Bool
  ) async throws -> ServerResponse {
    let questions = EventQuestions.store(store)
    func question() throws(BartizanError) -> EventQuestion {
      let asked = try EventQuestion(
        query: try parameters.text("query") ?? "*", since: try parameters.text("since"),
        until: try parameters.text("until"), now: surroundings.now(), naming: .parameters)
      return reveals ? asked : asked.masked
    }
    switch route {
    case .search:
      try parameters.only(["query", "since", "until", "limit", "order", "cursor", "fields", "reveal"])
      let limit = try parameters.number("limit", 1...Self.mostEvents) ?? 100
      var order = EventSearch.Order.newestFirst
      if let word = try parameters.text("order") {
        guard let known = EventSearch.Order(rawValue: word) else {
          throw BartizanError(.usage, "order \(word): oldest-first or newest-first is wanted")
        }
        order = known
      }
      var cursor: EventCursor?
      if let text = try parameters.text("cursor") {
        guard let known = EventCursor(text) else { throw BartizanError(.usage, "cursor \(text): none of ours") }
        cursor = known
      }
      let fields = try parameters.list("fields")
      guard fields.count <= 100 else { throw BartizanError(.usage, "fields: at most 100 names are wanted") }
      let page = Self.cut(
        try await questions.page(try question(), order, limit: limit, after: cursor, reveals: reveals))
      if isOurs { return try Self.message(page) }
      return Self.document(
        EventsAnswer(
          page.events.map { $0.reported(files: 0) }, of: cursor == nil && page.next == nil ? page.events.count : nil,
          shown: order == .newestFirst ? .latest : .earliest, fields: fields.map { FieldReference($0) },
          next: page.next?.text, basis: page.reading.basis(timeless: 0)))
    case .count:
      let wanted = try parameters.statistics()
      _ = try wanted.request(.parameters)
      let counted = try await questions.statistics(try question(), wanted, reveals: reveals)
      return Self.document(EventStatisticsAnswer(counted.statistics, basis: counted.reading.basis(timeless: 0)))
    case .fields:
      try parameters.only(["query", "since", "until", "values", "reveal"])
      let values = try parameters.number("values", 0...1_000) ?? 3
      let counted = try await questions.fields(try question(), values: values, reveals: reveals)
      return Self.document(EventFieldsAnswer(counted.census, basis: counted.reading.basis(timeless: 0)))
    case .status:
      try parameters.only([])
      return Self.document(EventStoreAnswer(try await store.status()))
    case .event(let position):
      try parameters.only(["reveal"])
      guard let event = try await questions.event(at: position, reveals: reveals) else {
        return Self.error(404, "not-found", "no event has this position, or no longer")
      }
      let found = FoundEvent(id: .position(position), event: event)
      if isOurs { return try Self.message(FoundPage(events: [found], next: nil, reading: EventReading())) }
      return Self.document(EventDetailAnswer(found.reported(files: 0)))
    }
  }

  /// As much of a page as one answer holds.
  private static func cut(_ page: FoundPage) -> FoundPage {
    var bytes = 0
    for (index, found) in page.events.enumerated() {
      bytes += found.event.size
      guard bytes > mostBytes, index > 0, case .position(let position) = page.events[index - 1].id else { continue }
      let last = StoredEvent(page.events[index - 1].event, at: position)
      return FoundPage(events: Array(page.events[..<index]), next: EventCursor(last), reading: page.reading)
    }
    return page
  }

  static func document(_ answer: some KindOfAnswer) -> ServerResponse {
    var body: [UInt8] = []
    answer.document { body += $0 }
    return .json(200, body)
  }

  /// What our own client reads: a line of JSON, and behind it the events.
  private static func message(_ page: FoundPage) throws(DocumentError) -> ServerResponse {
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.field("next", page.next?.text)
      page.reading.basis(timeless: 0).write(&writer)
    }
    writer.endLine()
    let events = page.events.compactMap { found -> (position: EventPosition, event: Event)? in
      guard case .position(let position) = found.id else { return nil }
      return (position, found.event)
    }
    return ServerResponse(
      200, fields: [("Content-Type", EventMessage.mediaType)], body: writer.bytes + (try EventMessage.encode(events)))
  }
}
