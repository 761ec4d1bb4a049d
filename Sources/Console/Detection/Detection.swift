import Bytes
import Detect
import Findings
import Forward
import Ingest
import Server
import Store
import Synchronization

/// Detection beside the store of events: what follows it, what it finds, and who is told.
final class Detection: Sendable {
  let alerts: any AlertStore
  private let follower: DetectionFollower
  private let dispatcher: Dispatcher
  private let feeder: EventFeeder
  let selfTest: SelfTest
  private let tasks = Mutex<[Task<Void, Never>]>([])

  /// Before the first self-test, in which a server comes to itself.
  private static let firstTest = Duration.seconds(15)
  private let settings: DetectionSettings
  private let surroundings: Surroundings

  /// - Parameter folder: of the store.
  /// - Throws: where what was found before cannot be read.
  init(
    _ events: any EventStore, _ folder: String, _ settings: DetectionSettings, _ intake: Intake,
    _ surroundings: Surroundings
  ) throws(BartizanError) {
    self.settings = settings
    self.surroundings = surroundings
    alerts = try SQLiteAlertStore(folder, mode: .making, now: surroundings.now)
    follower = DetectionFollower(events, alerts, settings, surroundings)
    dispatcher = Dispatcher(alerts, settings.destinations, settings.environment, surroundings)
    feeder = EventFeeder(events, alerts, settings, surroundings)
    selfTest = SelfTest(alerts, intake, settings.targets, surroundings)
  }

  /// What is said at the start, a line each.
  var lines: [String] {
    let rules = Phrase.count(settings.rules.alerting, "rule")
    let names = settings.destinations.map(\.name).joined(separator: ", ")
    return ["\(rules) look at what comes\(names.isEmpty ? "" : "; told are \(names)")"]
  }

  /// Notes where the store ends at this moment, where detection has not followed it before: what was stored until then is left to
  /// `detect --data`, and what comes from now on is looked at.
  ///
  /// - Throws: where the store or what was found cannot be read.
  func begin(_ events: any EventStore) async throws(BartizanError) {
    try await feeder.begin()
    guard try await alerts.progress(memory: 0) == nil else { return }
    try await alerts.begin(after: try await events.status().last)
  }

  func start() {
    follower.start()
    dispatcher.start()
    feeder.start()
    tasks.withLock { tasks in
      if let pause = settings.selfTest { tasks.append(Task { await test(every: pause) }) }
      if settings.freshFacts != nil { tasks.append(Task { await learn() }) }
    }
  }

  private func test(every pause: Duration) async {
    do {
      try await Task.sleep(for: min(pause, Self.firstTest))
      while true {
        _ = await selfTest.run("self-test")
        try await Task.sleep(for: pause)
      }
    } catch {}
  }

  private func learn() async {
    do {
      while true {
        try await Task.sleep(for: settings.refresh)
        await readCluster()
      }
    } catch {}
  }

  /// Reads the cluster anew; where that fails, what was known stays.
  func readCluster() async {
    guard let fresh = settings.freshFacts else { return }
    do {
      let facts = try await fresh()
      follower.know(facts)
      surroundings.metrics.set(Measures.knownAt, to: Double(surroundings.time))
    } catch {
      guard !Task.isCancelled else { return }
      let why = (error as? BartizanError)?.message ?? "\(error)"
      surroundings.tell("the cluster is known as it was before: \(why)")
    }
  }

  /// Deletes alerts and incidents in which nothing happened since a time.
  func prune(before time: Timestamp) async {
    do throws(BartizanError) {
      let count = try await alerts.prune(before: time)
      guard count > 0 else { return }
      surroundings.metrics.add(Measures.prunedAlerts, by: Double(count))
      surroundings.tell("\(Phrase.count(count, "alert")) from before \(time.date.text) deleted by retention")
    } catch {
      surroundings.tell("retention could not delete old alerts: \(error.message)")
    }
  }

  func stop() async {
    let running = tasks.withLock { tasks in
      for task in tasks { task.cancel() }
      return tasks
    }
    for task in running { await task.value }
    await feeder.stop()
    await follower.stop()
    await dispatcher.stop()
    do throws(BartizanError) { try alerts.close() } catch {
      surroundings.tell("alerts were not closed in order; what was found is in the file: \(error.message)")
    }
  }
}
