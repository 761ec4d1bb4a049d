import Admission
import Bytes
import Operations
package import Server
import Synchronization

/// Answers what comes to the admission listener: reviews, probes, metrics.
package final class AdmissionService: ServerService {
  /// Who may ask.
  package struct Access: Sendable {
    /// Names (`CN`) of client certificates that may ask; empty for every certificate of the authority.
    package var clientNames: Set<String> = []
    package var tokens = TokenList()
    /// Requests a second of one address that shows nothing at all; nil: none.
    package var anonymous: Int?

    package init() {}
  }

  /// A review of an update holds an object of up to 3 MiB twice.
  private static let reviewBytes = AdmissionReviewLimits.bytes
  /// Its name in metrics.
  static let listener = "admission"

  private let profiles: Mutex<AdmissionProfiles>
  private let access: Access
  private let isLoopback: Bool
  private let longest: Duration
  private let metrics: Metrics
  private let today: @Sendable () -> String
  private let decisions: DecisionLog?
  private let limit: Mutex<RateLimit>
  private let isStopping = Mutex(false)

  /// - Parameters:
  ///   - isLoopback: whether the listener is for this machine alone, to which metrics are no secret.
  ///   - longest: time for one answer, where the server does not allow less.
  ///   - decisions: where they are kept as events; nil where they are not.
  ///   - today: `YYYY-MM-DD`.
  package init(
    _ profiles: AdmissionProfiles, _ access: Access, isLoopback: Bool, longest: Duration, metrics: Metrics,
    decisions: DecisionLog? = nil, today: @escaping @Sendable () -> String
  ) {
    self.profiles = Mutex(profiles)
    self.access = access
    self.isLoopback = isLoopback
    self.longest = longest
    self.metrics = metrics
    self.decisions = decisions
    self.today = today
    limit = Mutex(RateLimit(perSecond: access.anonymous ?? 0))
  }

  package func replace(_ profiles: AdmissionProfiles) { self.profiles.withLock { $0 = profiles } }

  /// From now on it says that it is not ready, so that nothing new is sent here.
  package func beginStop() { isStopping.withLock { $0 = true } }

  private enum Route {
    case review(String, PolicyJudge.Phase)
    case health
    case readiness
    case metrics
    case unknown
  }

  private static func route(_ path: String) -> Route {
    switch path {
    case "/healthz", "/livez": return .health
    case "/readyz": return .readiness
    case "/metrics": return .metrics
    default: break
    }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].isEmpty, !parts[2].isEmpty else { return .unknown }
    switch parts[1] {
    case "admit": return .review(String(parts[2]), .validation)
    case "mutate": return .review(String(parts[2]), .mutation)
    default: return .unknown
    }
  }

  // MARK: Head

  package func verdict(_ head: RequestHead) -> HeadVerdict {
    switch Self.route(head.path) {
    case .unknown: return .refuse(.text(404, "there is nothing at this path"))
    case .health, .readiness: return reading(head)
    case .metrics:
      guard isLoopback || identity(head, .read) == .known else { return .refuse(Self.unauthorized(.read)) }
      return reading(head)
    case .review(let name, _): return review(head, name)
    }
  }

  private func reading(_ head: RequestHead) -> HeadVerdict {
    guard head.isReading else { return .refuse(.text(405, "GET is answered here", fields: [("Allow", "GET, HEAD")])) }
    return .accept(bodyBytes: 0, deadline: .seconds(5))
  }

  private func review(_ head: RequestHead, _ name: String) -> HeadVerdict {
    switch identity(head, .admission) {
    case .known: break
    case .refused: return .refuse(Self.unauthorized(.admission))
    case .anonymous:
      let address = head.peer.address
      guard limit.withLock({ $0.take(address, now: ContinuousClock.now) }) else {
        metrics.add(Measures.limited)
        return .refuse(.text(429, "too many reviews without a certificate or token", fields: [("Retry-After", "1")]))
      }
    }
    guard profiles.withLock({ $0.webhooks[name] != nil }) else {
      return .refuse(.text(404, "there is no profile of this name"))
    }
    guard head.method == "POST" else {
      return .refuse(.text(405, "an AdmissionReview is sent with POST", fields: [("Allow", "POST")]))
    }
    guard head.mediaType == "application/json" else {
      return .refuse(.text(415, "an AdmissionReview of application/json is wanted"))
    }
    return .accept(bodyBytes: Self.reviewBytes, deadline: deadline(head))
  }

  /// The server says in the query how long it waits. An answer that comes later is none, so that ours leaves before.
  private func deadline(_ head: RequestHead) -> Duration {
    guard let timeout = head.query("timeout").flatMap(Self.goDuration) else { return longest }
    return min(longest, timeout * 9 / 10)
  }

  /// `10s`, `1m30s`, `500ms`, as Go writes durations; nil for anything else.
  static func goDuration(_ text: String) -> Duration? {
    var total = Duration.zero
    var rest = text[...]
    guard !rest.isEmpty, rest.utf8.count < 20 else { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard let number = Int(digits), number < 1_000_000 else { return nil }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { $0.isLetter }
      rest = rest.dropFirst(unit.count)
      switch unit {
      case "h": total += .seconds(number * 3_600)
      case "m": total += .seconds(number * 60)
      case "s": total += .seconds(number)
      case "ms": total += .milliseconds(number)
      default: return nil
      }
    }
    return total > .zero ? total : nil
  }

  private enum Identity {
    case known
    case anonymous
    case refused
  }

  private func identity(_ head: RequestHead, _ scope: TokenScope) -> Identity {
    if let certificate = head.peer.certificate {
      let isNamed = access.clientNames.isEmpty || access.clientNames.contains(certificate.commonName)
      return isNamed ? .known : .refused
    }
    if let field = head.field("Authorization") {
      // What is shown and is wrong is not the same as nothing.
      guard let token = Credentials.token(authorization: field), let entry = access.tokens.entry(of: token),
        entry.scope.covers(scope)
      else { return .refused }
      return .known
    }
    return access.anonymous != nil && scope == .admission ? .anonymous : .refused
  }

  private static func unauthorized(_ scope: TokenScope) -> ServerResponse {
    .text(
      401, "a client certificate, or a token of scope \(scope.rawValue), is wanted",
      fields: [("WWW-Authenticate", "Bearer realm=\"bartizan\"")])
  }

  // MARK: Answers

  package func answer(_ request: ServerRequest) async -> ServerResponse {
    switch Self.route(request.head.path) {
    case .health: return .text(200, "ok")
    case .readiness:
      return isStopping.withLock { $0 } ? .text(503, "stopping") : .text(200, "ok")
    case .metrics:
      let form = MetricsText(accept: request.head.field("Accept"))
      return ServerResponse(
        200, fields: [("Content-Type", form.contentType)], body: Array(form.text(metrics).utf8))
    case .unknown: return .text(404, "there is nothing at this path")
    case .review(let name, let phase):
      guard let webhook = profiles.withLock({ $0.webhooks[name] }) else {
        return .text(404, "there is no profile of this name")
      }
      // The rest of the time is for the policies, and for the way back.
      let answer = await webhook.answer(
        request.body, phase, today: today(), within: deadline(request.head) * 8 / 10)
      count(answer, name, phase)
      decisions?.decided(
        answer, name, phase, decision: answer.outcome == .denied ? "denied" : "allowed",
        source: request.head.peer.address)
      return Self.response(answer)
    }
  }

  package func late(_ request: ServerRequest) -> ServerResponse {
    guard case .review(let name, let phase) = Self.route(request.head.path),
      let webhook = profiles.withLock({ $0.webhooks[name] })
    else { return .text(503, "too much is asked at this moment", fields: [("Retry-After", "1")]) }
    let answer = webhook.late(request.body, phase)
    metrics.add(Measures.reviews, Self.labels(name, phase) + [("outcome", "late"), ("dry_run", "\(answer.isDryRun)")])
    decisions?.decided(answer, name, phase, decision: "late", source: request.head.peer.address)
    return Self.response(answer)
  }

  private static func response(_ answer: AdmissionWebhook.Answer) -> ServerResponse {
    switch answer.outcome {
    case .allowed, .denied: .json(200, answer.body)
    case .invalid: ServerResponse(400, fields: [("Content-Type", "text/plain; charset=utf-8")], body: answer.body)
    }
  }

  private static func labels(_ profile: String, _ phase: PolicyJudge.Phase) -> Metrics.Labels {
    [("profile", profile), ("phase", phase == .mutation ? "mutate" : "validate")]
  }

  private func count(_ answer: AdmissionWebhook.Answer, _ profile: String, _ phase: PolicyJudge.Phase) {
    let outcome =
      switch answer.outcome {
      case .allowed: "allowed"
      case .denied: "denied"
      case .invalid: "invalid"
      }
    metrics.add(
      Measures.reviews, Self.labels(profile, phase) + [("outcome", outcome), ("dry_run", "\(answer.isDryRun)")])
    if answer.isDryRun { return }
    for violation in answer.violations {
      metrics.add(
        Measures.violations,
        [("profile", profile), ("policy", violation.policy), ("action", violation.action.rawValue.lowercased())])
    }
    for decision in answer.images {
      metrics.add(
        Measures.images,
        [("profile", profile), ("result", decision.result), ("source", decision.source.rawValue)])
      if decision.isDrift { metrics.add(Measures.imageDrift, [("profile", profile)]) }
    }
    for policy in answer.notEvaluated {
      metrics.add(Measures.notEvaluated, [("profile", profile), ("policy", policy)])
    }
    for policy in answer.exempt { metrics.add(Measures.exempt, [("profile", profile), ("policy", policy)]) }
  }

  package func note(_ head: RequestHead?, status: Int, took: Duration) {
    metrics.add(Measures.requests, [("listener", Self.listener), ("code", String(status))])
    guard head != nil else { return }
    let (seconds, attoseconds) = took.components
    metrics.observe(
      Measures.duration, [("listener", Self.listener)], Double(seconds) + Double(attoseconds) / 1e18)
  }
}
