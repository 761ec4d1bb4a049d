import Bytes
import Findings
import Ingest
import Operations
import Report
import Server
import Store

/// Alerts, incidents, suppressions and deliveries over HTTP, below `/api/v1`. docs/openapi.yaml describes it.
///
/// Answers are the documents that the command line prints. Who has a token of scope read asks; who has one of scope admin works on
/// them, which is an event itself.
final class AlertAPI: Sendable {
  private static let prefix = "/api/v1/"
  private static let bodyBytes = 64 << 10
  private static let deadline = Duration.seconds(60)
  private static let longestID = 200

  private let alerts: any AlertStore
  private let selfTest: SelfTest
  private let gate: APIGate
  private let activity: ActivityLog
  private let surroundings: Surroundings

  init(
    _ alerts: any AlertStore, _ selfTest: SelfTest, _ tokens: TokenRegister, _ intake: Intake,
    _ surroundings: Surroundings
  ) {
    self.alerts = alerts
    self.selfTest = selfTest
    gate = APIGate(tokens)
    self.surroundings = surroundings
    activity = ActivityLog(intake, surroundings)
  }

  // MARK: Paths

  private enum Area: String, CaseIterable {
    case alerts
    case incidents
    case suppressions
    case deliveries
    case selfTest = "self-test"
  }

  private struct Route {
    let area: Area
    /// Nil for all of the area.
    let id: String?
  }

  static func owns(_ path: String) -> Bool {
    guard path.hasPrefix(prefix) else { return false }
    let first = path.dropFirst(prefix.count).prefix { $0 != "/" }
    return Area(rawValue: String(first)) != nil
  }

  private static func route(_ path: String) -> Route? {
    guard path.hasPrefix(prefix) else { return nil }
    let parts = path.dropFirst(prefix.count).split(separator: "/", omittingEmptySubsequences: false)
    guard let area = parts.first.flatMap({ Area(rawValue: String($0)) }) else { return nil }
    switch parts.count {
    case 1: return Route(area: area, id: nil)
    case 2:
      guard area != .deliveries, area != .selfTest, let id = PercentEncoding.decode(parts[1]), !id.isEmpty,
        id.utf8.count <= longestID
      else {
        return nil
      }
      return Route(area: area, id: id)
    default: return nil
    }
  }

  /// What kind of question a path is, for metrics.
  static func kind(_ path: String) -> String {
    route(path).map { $0.area.rawValue } ?? "unknown"
  }

  /// Where there is no detection.
  static var absent: ServerResponse { EventAPI.error(404, "not-found", "this server runs without detection") }

  // MARK: Head

  private static func methods(_ route: Route) -> String {
    switch (route.area, route.id) {
    case (.alerts, nil), (.incidents, nil): "GET, HEAD"
    case (.suppressions, _?): "DELETE"
    case (.selfTest, _): "POST"
    default: "GET, HEAD, POST"
    }
  }

  func verdict(_ head: RequestHead) -> HeadVerdict {
    guard let route = Self.route(head.path) else {
      return .refuse(EventAPI.error(404, "not-found", "there is nothing at this path"))
    }
    let allowed = Self.methods(route)
    guard allowed.contains(head.method) else { return .refuse(EventAPI.methods(allowed)) }
    if let refusal = gate.refusal(head, wanted: head.isReading ? .read : .admin) { return .refuse(refusal) }
    return .accept(bodyBytes: head.method == "POST" ? Self.bodyBytes : 0, deadline: Self.deadline)
  }

  // MARK: Answers

  func answer(_ request: ServerRequest) async -> ServerResponse {
    guard let route = Self.route(request.head.path), let identity = gate.identity(request.head) else {
      return EventAPI.error(404, "not-found", "there is nothing at this path")
    }
    return await gate.answer { await answer(route, request, identity) }
  }

  private func answer(_ route: Route, _ request: ServerRequest, _ identity: ClientIdentity) async -> ServerResponse {
    do throws(BartizanError) {
      let parameters = try EventAPIParameters(request)
      if request.head.isReading { return try await read(route, parameters) }
      return try await change(route, parameters, request.head, identity)
    } catch {
      switch error.code {
      case .usage: return EventAPI.error(400, "usage", error.message)
      case .input: return EventAPI.error(404, "not-found", error.message)
      default: return EventAPI.error(500, error.code.rawValue, error.message)
      }
    }
  }

  private func read(_ route: Route, _ parameters: EventAPIParameters) async throws(BartizanError) -> ServerResponse {
    switch (route.area, route.id) {
    case (.alerts, nil):
      let page = try await alerts.alerts(try filter(parameters))
      return EventAPI.document(AlertListAnswer(alerts: page.alerts.map { AlertRow($0) }, next: page.next?.text))
    case (.incidents, nil):
      let page = try await alerts.incidents(try filter(parameters))
      return EventAPI.document(
        IncidentListAnswer(incidents: page.incidents.map { IncidentRow($0) }, next: page.next?.text))
    case (.alerts, let id?):
      try parameters.only([])
      guard let kept = try await alerts.alert(id) else {
        throw BartizanError(.input, "\(id): no alert of this id is kept")
      }
      return EventAPI.document(AlertDetailAnswer(kept))
    case (.incidents, let id?):
      try parameters.only([])
      guard let kept = try await alerts.incident(id) else {
        throw BartizanError(.input, "\(id): no incident of this id is kept")
      }
      return EventAPI.document(IncidentDetailAnswer(kept))
    case (.suppressions, _):
      try parameters.only(["past"])
      return EventAPI.document(
        SuppressionListAnswer(try await alerts.suppressions(includesPast: try parameters.flag("past"))))
    case (.deliveries, _):
      try parameters.only(["destination", "limit"])
      let limit = try parameters.number("limit", 1...AlertQuestion.mostOfPage) ?? 100
      return EventAPI.document(
        DeliveryListAnswer(try await alerts.dispatches(try parameters.text("destination"), limit: limit)))
    case (.selfTest, _): return EventAPI.methods("POST")
    }
  }

  private func filter(_ parameters: EventAPIParameters) throws(BartizanError) -> AlertFilter {
    try parameters.only([
      "state", "severity", "rule", "actor", "assignee", "since", "until", "suppressed", "limit", "cursor",
    ])
    var question = AlertQuestion()
    question.state = try parameters.text("state")
    question.severity = try parameters.text("severity")
    question.rule = try parameters.text("rule")
    question.actor = try parameters.text("actor")
    question.assignee = try parameters.text("assignee")
    question.since = try parameters.text("since")
    question.until = try parameters.text("until")
    question.includesSuppressed = try parameters.flag("suppressed")
    question.limit = try parameters.number("limit", 1...AlertQuestion.mostOfPage) ?? 100
    question.cursor = try parameters.text("cursor")
    return try question.filter(now: surroundings.now(), naming: .parameters)
  }

  private func change(
    _ route: Route, _ parameters: EventAPIParameters, _ head: RequestHead, _ identity: ClientIdentity
  ) async throws(BartizanError) -> ServerResponse {
    /// What is done is recorded first: where that is not possible, nothing is done.
    func record(_ action: String) async throws(BartizanError) {
      guard await activity.record(action, identity, head.peer.address, head.path, parameters) else {
        throw BartizanError(.remote, "what somebody does is done only where it can be recorded; try again")
      }
    }
    switch (route.area, route.id) {
    case (.alerts, let id?), (.incidents, let id?):
      try parameters.only(["action", "reason", "assignee", "comment"])
      let word = try parameters.text("action") ?? ""
      guard let action = TriageQuestion.Action(rawValue: word) else {
        let all = TriageQuestion.Action.allCases.map(\.rawValue).joined(separator: ", ")
        throw BartizanError(.usage, "action \(word): one of \(all) is wanted")
      }
      let question = TriageQuestion(
        action, reason: try parameters.text("reason"), assignee: try parameters.text("assignee"),
        comment: try parameters.text("comment"))
      let change = try question.change(.parameters)
      let isAlert = route.area == .alerts
      // What cannot be done is not recorded as done.
      let isThere = isAlert ? try await alerts.alert(id) != nil : try await alerts.incident(id) != nil
      guard isThere else {
        throw BartizanError(.input, "\(id): no \(isAlert ? "alert" : "incident") of this id is kept")
      }
      try await record(isAlert ? "alert-changed" : "incident-changed")
      try await alerts.change(
        alerts: isAlert ? [id] : [], incidents: isAlert ? [] : [id], change, by: identity.name,
        comment: question.comment)
      return EventAPI.document(TriageChangeAnswer(ids: [id], action: action.done))
    case (.suppressions, nil):
      try parameters.only(["rule", "actor", "sourceIP", "reason", "for"])
      let question = SuppressionQuestion(
        rule: try parameters.text("rule"), actor: try parameters.text("actor"),
        sourceAddress: try parameters.text("sourceIP"), reason: try parameters.text("reason") ?? "",
        span: try parameters.text("for") ?? "")
      let suppression = try question.suppression(
        author: identity.name, now: surroundings.now(), naming: .parameters)
      try await record("alerts-suppressed")
      try await alerts.suppress(suppression)
      return EventAPI.document(SuppressionListAnswer([suppression]))
    case (.suppressions, let id?):
      try parameters.only([])
      guard try await alerts.suppressions(includesPast: false).contains(where: { $0.id == id }) else {
        throw BartizanError(.input, "\(id): no suppression of this id holds")
      }
      try await record("suppression-lifted")
      try await alerts.lift(id)
      return EventAPI.document(TriageChangeAnswer(ids: [id], action: "lifted"))
    case (.deliveries, _):
      try parameters.only(["action", "destination"])
      guard try parameters.text("action") == "redeliver" else {
        throw BartizanError(.usage, "action: redeliver is wanted")
      }
      try await record("deliveries-repeated")
      return EventAPI.document(
        RedeliveryAnswer(count: try await alerts.redeliver(try parameters.text("destination"))))
    case (.selfTest, _):
      try parameters.only([])
      // Clients give up after 30 seconds without a byte: they are told before that the alert did not come.
      return EventAPI.document(
        await selfTest.run("\(identity.name)@\(head.peer.address)", within: .seconds(25)))
    case (.alerts, nil), (.incidents, nil): return EventAPI.methods("GET, HEAD")
    }
  }
}
