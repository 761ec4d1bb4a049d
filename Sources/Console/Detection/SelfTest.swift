import Bytes
import Detect
import Findings
import Forward
import Ingest
import Report
import Server
import Store

/// Tries whether what comes is stored, looked at and told: a harmless event that is marked as such is taken in as any other, and
/// its alert must come.
///
/// The event is one of the API server's audit log by a user that no server has; only the rule `bartizan-self-test` is about it.
struct SelfTest: Sendable {
  private let alerts: any AlertStore
  private let intake: Intake
  private let targets: [DispatchTarget]
  private let surroundings: Surroundings

  static let rule = "bartizan-self-test"
  /// Of the alarm.
  private static let alarmRule = "bartizan-self-test-failed"
  private static let user = "bartizan:self-test"
  private static let author = "bartizan"
  /// For the alert.
  private static let patience = Duration.seconds(45)
  private static let look = Duration.milliseconds(100)

  init(
    _ alerts: any AlertStore, _ intake: Intake, _ targets: [DispatchTarget], _ surroundings: Surroundings
  ) {
    self.alerts = alerts
    self.intake = intake
    self.targets = targets
    self.surroundings = surroundings
  }

  /// - Parameter sender: who has it tried.
  func run(_ sender: String, within patience: Duration = SelfTest.patience) async -> SelfTestAnswer {
    let id = Self.identifier()
    let answer = await attempt(id, sender, patience)
    let metrics = surroundings.metrics
    metrics.add(Measures.selfTests, [("outcome", answer.isPassed ? "passed" : "failed")])
    metrics.set(Measures.selfTestFailing, to: answer.isPassed ? 0 : 1)
    if answer.isPassed {
      metrics.set(Measures.selfTestPassed, to: Double(surroundings.time))
    } else if !Task.isCancelled {
      surroundings.tell("the self-test failed: \(answer.message)")
      await alarm(id, answer.message)
    }
    return answer
  }

  private func attempt(_ id: String, _ sender: String, _ patience: Duration) async -> SelfTestAnswer {
    do throws(Intake.Refusal) {
      _ = try await intake.take(event(id), ActivityLog.protocolName, from: sender)
    } catch {
      return SelfTestAnswer(event: id, alert: nil, message: "its event could not be stored")
    }
    let end = ContinuousClock.now + patience
    do {
      while ContinuousClock.now < end {
        if let alert = try await found(id) {
          // Nobody has to look at it.
          try await alerts.change(
            alerts: [alert], incidents: [], .close(.benign), by: Self.author, comment: "a self-test")
          return SelfTestAnswer(event: id, alert: alert, message: "its alert came")
        }
        try await Task.sleep(for: Self.look)
      }
    } catch let error as BartizanError {
      return SelfTestAnswer(event: id, alert: nil, message: "alerts cannot be asked for: \(error.message)")
    } catch {
      return SelfTestAnswer(event: id, alert: nil, message: "it was stopped before its alert came")
    }
    return SelfTestAnswer(
      event: id, alert: nil,
      message: "its event was stored, and its alert did not come within \(patience.components.seconds) seconds")
  }

  private func found(_ id: String) async throws(BartizanError) -> String? {
    var filter = AlertFilter()
    filter.rule = Self.rule
    filter.includesSuppressed = true
    filter.limit = 5
    return try await alerts.alerts(filter).alerts.first { kept in kept.alert.events.contains { $0.id == id } }?.alert.id
  }

  private func event(_ id: String) -> [UInt8] {
    let time = surroundings.now().text
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.field("kind", "Event")
      writer.field("apiVersion", "audit.k8s.io/v1")
      writer.field("level", "Metadata")
      writer.field("auditID", id)
      writer.field("stage", "ResponseComplete")
      writer.field("requestURI", "/bartizan/self-test")
      writer.field("verb", "get")
      writer.key("user")
      writer.object { $0.field("username", Self.user) }
      writer.field("sourceIPs", ["127.0.0.1"])
      writer.field("userAgent", "bartizan-self-test")
      writer.key("responseStatus")
      writer.object { $0.field("code", 200) }
      writer.field("requestReceivedTimestamp", time)
      writer.field("stageTimestamp", time)
    }
    writer.endLine()
    return writer.bytes
  }

  /// Tells those who are told of alerts, past the detection that does not work.
  private func alarm(_ id: String, _ why: String) async {
    var info = RuleInfo(
      id: Self.alarmRule, title: "Self-test of detection failed", location: Location(file: "bartizan"))
    info.severity = .high
    info.description = "What is stored is not looked at, or not in time: attacks may go untold."
    let now = surroundings.now()
    let alert = Alert(
      id: String(Fingerprint([Self.alarmRule, id]).text.prefix(16)), rule: info, severity: .high, start: now, end: now,
      actor: Self.user, sourceAddress: "", message: "the self-test of detection failed: \(why)",
      events: [Alert.Reference(source: "store", line: 0, id: id)], eventCount: 1, entities: [])
    do throws(BartizanError) {
      _ = try await alerts.keep(DetectionStep(changes: [AlertBook.Change(alert)], targets: targets))
    } catch {
      surroundings.tell("nobody is told of it, since alerts cannot be kept: \(error.message)")
    }
  }

  /// A random UUID.
  private static func identifier() -> String {
    var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = Hex.text(bytes)
    var parts: [Substring] = []
    var rest = digits[...]
    for length in [8, 4, 4, 4, 12] {
      parts.append(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    return parts.joined(separator: "-")
  }
}
