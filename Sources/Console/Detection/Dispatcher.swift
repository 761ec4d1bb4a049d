import Bytes
import Findings
import Forward
import Server
import Store

/// Sends what is due to each destination on its own time: one that is dead, slow or lying holds up no other, and no event.
///
/// What a destination took is noted afterwards, so that a crash has it sent again; alerts and incidents carry ids by which the
/// receiver knows them.
final class Dispatcher: Sendable {
  private let alerts: any AlertStore
  private let destinations: [Destination]
  private let delivery: Delivery
  private let surroundings: Surroundings
  private let tasks = DestinationTasks()

  private static let pause = Duration.milliseconds(200)
  /// At a time.
  private static let batch = 200
  /// After so many tries, which take more than a week, something is given up.
  private static let mostTries = 3_000
  /// Receivers that forget are told again so often what goes on, and for how long it counts unless they are, in nanoseconds.
  private static let refresh = Duration.seconds(60)
  private static let lasts: Int64 = 240_000_000_000
  /// An incident in which nothing happened for so long is not told again, in nanoseconds.
  private static let stale: Int64 = 86_400_000_000_000
  private static let mostOpen = 1_000

  init(
    _ alerts: any AlertStore, _ destinations: [Destination], _ environment: @escaping @Sendable (String) -> String?,
    _ surroundings: Surroundings
  ) {
    self.alerts = alerts
    self.destinations = destinations
    self.surroundings = surroundings
    delivery = Delivery.ofServer(environment, surroundings)
  }

  func start() { tasks.start(destinations) { await self.serve($0) } }

  func stop() async { await tasks.stop() }

  private func serve(_ destination: Destination) async {
    var refreshed: ContinuousClock.Instant?
    var said = ""
    while !Task.isCancelled {
      var count = 0
      do throws(BartizanError) {
        let due = try await alerts.due(destination.name, limit: Self.batch)
        count = due.count
        if !due.isEmpty { try await send(due, destination, &said) }
        if destination.kind == .alertmanager, destination.content.contains(.incidents),
          refreshed.map({ ContinuousClock.now - $0 >= Self.refresh }) ?? true
        {
          refreshed = .now
          try await tellAgain(destination)
        }
      } catch {
        if error.message != said { surroundings.tell("\(destination.name) is not served: \(error.message)") }
        said = error.message
        do { try await Task.sleep(for: .seconds(5)) } catch { return }
      }
      if count < Self.batch { do { try await Task.sleep(for: Self.pause) } catch { return } }
    }
  }

  private static func notice(_ dispatch: Dispatch) -> Notice {
    switch dispatch.content {
    case .alert(let alert): .alert(alert)
    case .incident(let incident, let isClosed): .incident(incident, isClosed: isClosed)
    }
  }

  private func send(_ due: [Dispatch], _ destination: Destination, _ said: inout String) async throws(BartizanError) {
    let now = surroundings.now()
    let labels = [(name: "destination", value: destination.name)]
    let report = await delivery.send(
      due.map(Self.notice), to: destination, at: now, lasts: destination.kind == .alertmanager ? Self.lasts : nil)
    // What was cut off by the end of the program is sent again at its next start.
    if Task.isCancelled, !report.failed.isEmpty { return }
    let failed = Set(report.failed)
    // An incident that was merged is sent under the id of the whole.
    func id(_ dispatch: Dispatch) -> String { Self.notice(dispatch).id }
    let taken = due.filter { !failed.contains(id($0)) }
    if !taken.isEmpty {
      try await alerts.taken(taken, by: destination.name, quiet: destination.quiet)
      surroundings.metrics.add(Measures.sent, labels, by: Double(taken.count))
    }
    let refused = due.filter { report.refused.contains(id($0)) }
    let open = due.filter { failed.contains(id($0)) && !report.refused.contains(id($0)) }
    let dead = refused + open.filter { $0.tries >= Self.mostTries }
    if !dead.isEmpty {
      try await alerts.failed(dead, for: destination.name, reason: report.reason, retry: nil)
      surroundings.metrics.add(Measures.deadLetters, labels, by: Double(dead.count))
    }
    for (tries, group) in Dictionary(grouping: open.filter { $0.tries < Self.mostTries }, by: \.tries) {
      let retry = now.nanoseconds.addingReportingOverflow(Int64(Delivery.rest(after: tries) * 1e9))
      try await alerts.failed(
        group, for: destination.name, reason: report.reason,
        retry: Timestamp(nanoseconds: retry.overflow ? .max : retry.partialValue))
    }
    if !failed.isEmpty { surroundings.metrics.add(Measures.failedDeliveries, labels, by: Double(failed.count)) }
    let line = report.problem?.text ?? ""
    // Said once, and not at every try.
    if report.reason != said {
      if !line.isEmpty {
        surroundings.tell("\(line); \(dead.isEmpty ? "it is tried again" : "`bartizan alerts deliveries` shows it")")
      } else if !said.isEmpty {
        surroundings.tell("\(destination.name) takes again what it is sent")
      }
    }
    said = report.reason
  }

  /// Tells a receiver that forgets what is going on.
  private func tellAgain(_ destination: Destination) async throws(BartizanError) {
    let now = surroundings.now()
    let since = now.nanoseconds.subtractingReportingOverflow(Self.stale)
    let open = try await alerts.open(
      since: Timestamp(nanoseconds: since.overflow ? .min : since.partialValue), limit: Self.mostOpen)
    let notices = open.map(Self.notice).filter { $0.severity >= destination.least }
    guard !notices.isEmpty else { return }
    _ = await delivery.send(notices, to: destination, at: now, lasts: Self.lasts)
  }
}

extension Destination {
  /// How long what comes of an incident is kept back after it was told, in nanoseconds. People are told less often than programs.
  fileprivate var quiet: Int64 { [.slack, .teams].contains(kind) ? 900_000_000_000 : 60_000_000_000 }
}
