import Bytes
import Events
import Findings
import Forward
import Operations
import Report
import Server
import Store

/// Sends events of the store, all or those that a question finds, to the destinations that want them, each at its own pace.
///
/// How far a destination has come is kept with the alerts, after it has taken what it was sent: a crash has the last of it sent
/// again, under the ids by which the receiver knows it. While it takes nothing the events wait in the store, as long as retention
/// leaves them there. Secrets are hidden as in every answer.
final class EventFeeder: Sendable {
  private let events: any EventStore
  private let alerts: any AlertStore
  private let destinations: [Destination]
  private let delivery: Delivery
  private let surroundings: Surroundings
  private let tasks = DestinationTasks()

  private static let pause = Duration.milliseconds(500)
  /// At a time.
  private static let batch = 500

  init(
    _ events: any EventStore, _ alerts: any AlertStore, _ settings: DetectionSettings, _ surroundings: Surroundings
  ) {
    self.events = events
    self.alerts = alerts
    self.surroundings = surroundings
    destinations = settings.destinations.filter { $0.content.contains(.events) }
    delivery = Delivery.ofServer(settings.environment, surroundings)
  }

  /// Notes where the store ends at this moment for destinations that were never sent anything: they get what comes from now on.
  func begin() async throws(BartizanError) {
    for destination in destinations where try await alerts.feed(destination.name) == nil {
      try await alerts.feed(destination.name, took: try await events.status().last)
    }
  }

  func start() { tasks.start(destinations) { await self.serve($0) } }

  func stop() async { await tasks.stop() }

  /// What is told of a destination, so that nothing is told twice.
  private struct Said {
    var reason = ""
    var problems: Set<Problem> = []
  }

  private func serve(_ destination: Destination) async {
    var failures = 0
    var said = Said()
    while !Task.isCancelled {
      var wait: Duration? = Self.pause
      do throws(BartizanError) {
        switch try await step(destination, &said) {
        case .more:
          failures = 0
          wait = nil
        case .done: failures = 0
        case .waiting:
          wait = .seconds(Delivery.rest(after: failures))
          failures += 1
        }
      } catch {
        if error.message != said.reason {
          surroundings.tell("events are not sent to \(destination.name): \(error.message)")
        }
        said.reason = error.message
        wait = .seconds(5)
      }
      if let wait { do { try await Task.sleep(for: wait) } catch { return } }
    }
  }

  private enum Step {
    /// There may be more at once.
    case more
    case done
    /// The receiver takes nothing at this moment.
    case waiting
  }

  private func step(_ destination: Destination, _ said: inout Said) async throws(BartizanError) -> Step {
    let position = try await alerts.feed(destination.name) ?? .start
    let page = try await events.events(after: position, limit: Self.batch)
    for problem in page.coverage.problems where said.problems.insert(problem).inserted {
      surroundings.tell("not sent to \(destination.name), since it cannot be read: \(problem.text)")
    }
    guard let last = page.events.last else { return .done }
    let question = try EventQuestion(query: destination.question ?? "*", now: surroundings.now())
    let notices = page.events.compactMap { stored -> Notice? in
      let event = stored.event.masked()
      guard question.selection.query.matches(event) else { return nil }
      return .event(Self.forwarded(event, stored))
    }
    guard try await send(notices, to: destination, &said) else { return .waiting }
    try await alerts.feed(destination.name, took: last.position)
    return page.events.count < Self.batch ? .done : .more
  }

  /// - Returns: whether the receiver has all that it will ever take of them.
  private func send(
    _ notices: [Notice], to destination: Destination, _ said: inout Said
  ) async throws(BartizanError) -> Bool {
    guard !notices.isEmpty else { return true }
    let labels = [(name: "destination", value: destination.name)]
    var report = await delivery.send(notices, to: destination, at: surroundings.now())
    var unfit = report.unfit
    // One that it does not take must not keep others from it.
    if report.unfit.count > 1, report.failed.count == report.unfit.count {
      unfit = []
      for notice in notices where report.unfit.contains(notice.id) {
        let own = await delivery.send([notice], to: destination, at: surroundings.now())
        if own.unfit.isEmpty, !own.failed.isEmpty {
          report = own
          break
        }
        unfit.formUnion(own.unfit)
      }
    }
    if Task.isCancelled, !report.failed.isEmpty { return false }
    let isTaken = Set(report.failed).subtracting(unfit).subtracting(report.unfit).isEmpty
    guard isTaken else {
      surroundings.metrics.add(Measures.failedDeliveries, labels, by: Double(report.failed.count))
      if report.reason != said.reason {
        surroundings.tell("events wait for \(destination.shown): \(report.reason)")
      }
      said.reason = report.reason
      return false
    }
    surroundings.metrics.add(Measures.sentEvents, labels, by: Double(notices.count - unfit.count))
    if !unfit.isEmpty {
      surroundings.metrics.add(Measures.unfitEvents, labels, by: Double(unfit.count))
      surroundings.tell(
        "\(Phrase.count(unfit.count, "event")) not taken by \(destination.shown) and left out: \(report.reason)")
    } else if !said.reason.isEmpty {
      surroundings.tell("\(destination.name) takes events again")
    }
    said.reason = ""
    return true
  }

  private static func forwarded(_ event: Event, _ stored: StoredEvent) -> ForwardedEvent {
    var writer = JSONWriter(pretty: false)
    writer.event(ReportedEvent(id: String(stored.position.number), event), [])
    // Of the original as it is stored: two servers that send to one receiver have the same positions, and not the same events.
    let id = Fingerprint([String(stored.position.number), stored.event.originalText]).text
    return ForwardedEvent(
      id: id, time: event.moment ?? Timestamp(nanoseconds: 0), dataset: event.dataset.rawValue, json: writer.bytes)
  }
}
