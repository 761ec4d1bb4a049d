import Bytes
import Events
import Findings
import Store
package import Transport

/// Asks questions about events of a server of ours, over its HTTP API.
package struct EventServerClient: Sendable {
  private let exchange: ServerExchange

  /// Maximum size of an answer, and of the events in it, in bytes.
  private static let answerBytes = 256 << 20

  /// - Parameters:
  ///   - client: must be closed by the caller.
  ///   - url: of the server; a path in it stands before ours.
  ///   - token: of scope read, or admin; nil to show none.
  package init(_ client: HTTPClient, _ url: HTTPURL, token: String?) {
    exchange = ServerExchange(client, url, token: token, path: "/api/v1/events", answerBytes: Self.answerBytes)
  }

  // MARK: Questions

  func page(
    _ question: EventQuestion, _ order: EventSearch.Order, limit: Int, after cursor: EventCursor?, reveals: Bool
  ) async throws(BartizanError) -> FoundPage {
    let body = Self.body(question, reveals: reveals) { writer in
      writer.field("limit", limit)
      writer.field("order", order.rawValue)
      if let cursor { writer.field("cursor", cursor.text) }
    }
    let answer = try await events("/search", body)
    return FoundPage(
      events: answer.events.map { FoundEvent(id: .position($0.position), event: $0.event) }, next: answer.next,
      reading: answer.reading)
  }

  func event(at position: EventPosition, reveals: Bool) async throws(BartizanError) -> Event? {
    let answer = try await events("/\(position.number)\(reveals ? "?reveal=true" : "")", nil, mayBeAbsent: true)
    return answer.events.first?.event
  }

  func statistics(
    _ question: EventQuestion, _ wanted: StatisticsQuestion, _ request: StatisticsRequest, reveals: Bool
  ) async throws(BartizanError) -> CountedEvents {
    let body = Self.body(question, reveals: reveals) { writer in
      for (name, values) in [
        ("countBy", wanted.countBy), ("sum", wanted.sum), ("min", wanted.min), ("max", wanted.max),
        ("avg", wanted.avg), ("percentiles", wanted.percentiles), ("distinct", wanted.distinct), ("top", wanted.top),
      ] where !values.isEmpty { writer.field(name, values) }
      if let bucket = wanted.bucket { writer.field("bucket", bucket) }
      writer.field("limit", wanted.limit)
    }
    let document = try await document("/count", body)
    var rows: [Statistics.Row] = []
    for node in document["groups"]?.elements ?? [] {
      var measures: [Statistics.Result] = []
      var results = (node["measures"]?.elements ?? [])[...]
      for measure in request.measures {
        if case .count = measure {
          measures.append(.count(Self.number(node["count"])))
        } else {
          guard let result = results.popFirst().flatMap({ Self.result(measure, $0) }) else {
            throw exchange.notUnderstood
          }
          measures.append(result)
        }
      }
      rows.append(
        Statistics.Row(
          values: (node["values"]?.elements ?? []).map(\.string),
          start: node["start"]?.string.flatMap { Timestamp($0) },
          count: Self.number(node["count"]), measures: measures))
    }
    return CountedEvents(
      statistics: StatisticsResult(
        request, total: Self.number(document["total"]), omitted: Self.number(document["omitted"]),
        groupCount: Self.number(document["groupCount"]), rows: rows), reading: Self.reading(document))
  }

  private static func result(_ measure: StatisticsRequest.Measure, _ node: DocumentNode) -> Statistics.Result? {
    switch measure {
    case .count: return nil
    case .sum, .min, .max, .average: return .number(decimal(node["value"]))
    case .percentiles:
      return .percentiles(
        (node["percentiles"]?.elements ?? []).compactMap { item in
          guard let percent = decimal(item["percent"]), let value = decimal(item["value"]) else { return nil }
          return (percent, value)
        }, isApproximate: node["approximate"]?.bool ?? false)
    case .distinct: return .distinct(number(node["value"]), isCut: node["cut"]?.bool ?? false)
    case .top: return .top(top(node["top"]), isCut: node["cut"]?.bool ?? false)
    }
  }

  private static func top(_ node: DocumentNode?) -> [(value: String, count: Int)] {
    (node?.elements ?? []).map { ($0["value"]?.string ?? "", number($0["count"])) }
  }

  func fields(_ question: EventQuestion, values: Int, reveals: Bool) async throws(BartizanError) -> CountedFields {
    let document = try await document(
      "/fields", Self.body(question, reveals: reveals) { writer in writer.field("values", values) })
    let fields = (document["fields"]?.elements ?? []).map { node in
      FieldSummary.Field(
        name: node["name"]?.string ?? "", type: node["type"]?.string ?? "", events: Self.number(node["events"]),
        distinct: Self.number(node["distinct"]), isCut: node["cut"]?.bool ?? false, top: Self.top(node["top"]))
    }
    return CountedFields(
      census: FieldSummary(events: Self.number(document["events"]), fields: fields), reading: Self.reading(document))
  }

  /// A count; a number that is none is a foreign answer, whose text is shown as it is.
  private static func number(_ node: DocumentNode?) -> Int { node?.int.flatMap { Int(exactly: $0) } ?? 0 }

  private static func decimal(_ node: DocumentNode?) -> Double? {
    switch node?.content {
    case .int(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }

  // MARK: Exchange

  /// Times are those that the question came to here, so that all pages have the same.
  private static func body(
    _ question: EventQuestion, reveals: Bool, _ more: (inout JSONWriter) -> Void
  ) -> [UInt8] {
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.field("query", question.query)
      if let since = question.selection.time.since { writer.field("since", since.text) }
      if let until = question.selection.time.until { writer.field("until", until.text) }
      if reveals { writer.field("reveal", true) }
      more(&writer)
    }
    return writer.bytes
  }

  private struct Events {
    var events: [(position: EventPosition, event: Event)] = []
    var next: EventCursor?
    var reading = EventReading()
  }

  /// A message of events, behind a line of JSON.
  private func events(
    _ target: String, _ body: [UInt8]?, mayBeAbsent: Bool = false
  ) async throws(BartizanError) -> Events {
    guard let bytes = try await send(target, body, accept: EventMessage.mediaType, mayBeAbsent: mayBeAbsent) else {
      return Events()
    }
    guard let end = bytes.firstIndex(of: 0x0A), let head = try? JSONReader.read(Array(bytes[..<end])),
      let events = EventMessage.decode(Array(bytes[(end + 1)...]), atMost: Self.answerBytes)
    else { throw exchange.notUnderstood }
    return Events(
      events: events, next: head["next"]?.string.flatMap { EventCursor($0) }, reading: Self.reading(head))
  }

  private func document(_ target: String, _ body: [UInt8]) async throws(BartizanError) -> DocumentNode {
    guard let bytes = try await send(target, body, accept: "application/json"),
      let document = try? JSONReader.read(bytes), document.mapping != nil
    else { throw exchange.notUnderstood }
    return document
  }

  private func send(
    _ target: String, _ body: [UInt8]?, accept: String, mayBeAbsent: Bool = false
  ) async throws(BartizanError) -> [UInt8]? {
    let (status, bytes) = try await exchange.send(
      exchange.request(body == nil ? .get : .post, target, body: body, accept: accept))
    if status == 200 { return bytes }
    if status == 404, mayBeAbsent { return nil }
    throw exchange.failure(status, ServerExchange.message(bytes), wanted: "a token of scope read")
  }

  /// What an answer rests on.
  private static func reading(_ document: DocumentNode) -> EventReading {
    var reading = EventReading()
    let basis = document["basis"]
    reading.events = number(basis?["events"])
    for node in basis?["notRead"]?.elements ?? [] {
      reading.problems.append(
        Problem(
          code: Problem.Code(rawValue: node["code"]?.string ?? ""),
          location: Location(file: node["location"]?.string ?? ""), message: node["message"]?.string ?? ""))
    }
    return reading
  }
}
