import Bytes
import Detect
import Findings
import Server
import Store
import Synchronization

/// Follows the store of events by position and keeps what rules find in it. What it finds and how far it has come are kept
/// together: a crash has it look again at what it had not kept, and it gives no alert twice.
final class DetectionFollower: Sendable {
  private let events: any EventStore
  private let alerts: any AlertStore
  private let settings: DetectionSettings
  private let surroundings: Surroundings
  private let task = Mutex<Task<Void, Never>?>(nil)
  private let trouble = Mutex<String?>(nil)
  /// What is known of the cluster since the last look.
  private let news = Mutex<ClusterFacts?>(nil)

  /// Events that are looked at before what they showed is kept.
  private static let batch = 4_096
  /// How far has come is kept at least so often, and metrics.
  private static let tick = Duration.seconds(1)
  /// What is found is kept no more often, so that many findings of a flood are joined at once.
  private static let shortest = Duration.milliseconds(200)
  /// After something failed.
  private static let rest = Duration.seconds(5)
  /// Alerts of the last while whose addresses are looked at again after a start.
  private static let mostKnown = 1_000
  private static let mostAddresses = 50_000

  init(
    _ events: any EventStore, _ alerts: any AlertStore, _ settings: DetectionSettings, _ surroundings: Surroundings
  ) {
    self.events = events
    self.alerts = alerts
    self.settings = settings
    self.surroundings = surroundings
  }

  func start() {
    let rules = settings.rules
    surroundings.metrics.set(Measures.detectionRules, to: Double(rules.alerting))
    surroundings.metrics.set(Measures.refusedRules, to: Double(rules.errors.count))
    task.withLock { $0 = Task { await run() } }
  }

  func stop() async {
    let running = task.withLock { task in
      task?.cancel()
      return task
    }
    await running?.value
  }

  /// Whether it cannot do its work at this moment, and why.
  var problem: String? { trouble.withLock { $0 } }

  /// From the next events on alerts are weighed by this.
  func know(_ facts: ClusterFacts) { news.withLock { $0 = facts } }

  // MARK: Following

  private struct State {
    var detector: Detector
    var position: EventPosition
    /// The events after the position, which are read while those before them are looked at; nil where there were no more.
    var next: Task<Result<EventPage, BartizanError>, Never>?
    /// What was kept last.
    var kept: EventPosition
    var keptAt = ContinuousClock.now
    /// Found, and not kept yet.
    var changes: [AlertBook.Change] = []
    /// Whether keeping them has failed.
    var mustKeep = false
    /// Of alerts of the last while.
    var addresses: Set<String> = []
    /// Damage that was said.
    var said: Set<Problem> = []
    var told = Told()
  }

  /// What metrics were told before.
  private struct Told {
    var tooLate = 0
    var throttled = 0
    /// That were throttled.
    var rules: Set<String> = []
    var skipped = 0
    var matches: [String: Int] = [:]
  }

  private func run() async {
    var detector = Detector(settings.rules, lateness: DetectionSettings.lateness, facts: settings.facts)
    let start = ContinuousClock.now
    detector.clock = { UInt64(max(0, (ContinuousClock.now - start).fraction * 1e9)) }
    guard var state = await begin(detector) else { return }
    while !Task.isCancelled {
      let isDone: Bool
      do throws(BartizanError) {
        isDone = try await step(&state)
        clear()
      } catch {
        say("detection waits: \(error.message)")
        do { try await Task.sleep(for: Self.rest) } catch { return }
        continue
      }
      if isDone { do { try await Task.sleep(for: settings.pause) } catch { return } }
    }
  }

  /// Where it was, or where it was noted that it begins.
  private func begin(_ detector: Detector) async -> State? {
    while !Task.isCancelled {
      do throws(BartizanError) {
        let progress = try await alerts.progress(memory: detector.memory)
        var state = State(
          detector: detector, position: progress?.resume ?? .start, kept: progress?.position ?? .start)
        var filter = AlertFilter()
        filter.limit = Self.mostKnown
        state.addresses = Set(try await alerts.alerts(filter).alerts.map(\.alert.sourceAddress))
        clear()
        return state
      } catch {
        say("detection does not begin: \(error.message)")
        do { try await Task.sleep(for: Self.rest) } catch { return nil }
      }
    }
    return nil
  }

  /// Looks at the next events, and keeps what they show.
  ///
  /// - Returns: whether there are no more at this moment.
  private func step(_ state: inout State) async throws(BartizanError) -> Bool {
    // What could not be kept the last time comes first.
    if state.mustKeep { try await keep(&state) }
    let (page, isFresh) = try await page(&state)
    let fresh = news.withLock { news in
      defer { news = nil }
      return news
    }
    if let fresh { state.detector.know(fresh) }
    let began = ContinuousClock.now
    for stored in page.events {
      state.detector.detect(stored.event, at: Int(clamping: stored.position.number), of: "store")
    }
    if let last = page.events.last { state.position = last.position }
    let isDone = isFresh && page.events.count < Self.batch
    let now = surroundings.now().nanoseconds
    state.detector.follow(now: now, isIdle: isDone)
    state.changes += state.detector.takeChanges()
    surroundings.metrics.add(Measures.detectionSeconds, by: (ContinuousClock.now - began).fraction)
    surroundings.metrics.add(Measures.detectedEvents, by: Double(page.events.count))
    for problem in page.coverage.problems where state.said.insert(problem).inserted {
      surroundings.tell("detection passes over what cannot be read: \(problem.text)")
    }
    for change in state.changes where state.addresses.count < Self.mostAddresses {
      state.addresses.insert(change.alert.sourceAddress)
    }
    let waited = ContinuousClock.now - state.keptAt
    if !state.changes.isEmpty && (isDone || waited >= Self.shortest)
      || state.position > state.kept && waited >= Self.tick
    {
      state.mustKeep = true
      try await keep(&state)
    }
    // What joins no alert any more is in the store alone.
    let (before, isOver) = now.subtractingReportingOverflow(state.detector.memory)
    if !isOver, isDone { state.detector.forget(before: before) }
    measure(&state)
    return isDone
  }

  /// The next events.
  ///
  /// - Returns: with them whether they are all that there are at this moment, should they be few: what was read while others
  ///   were looked at may have been followed by more.
  private func page(_ state: inout State) async throws(BartizanError) -> (EventPage, isFresh: Bool) {
    let read = state.next
    state.next = nil
    let page: EventPage
    if let read {
      page = try await read.value.get()
    } else {
      page = try await events.events(after: state.position, limit: Self.batch)
    }
    if page.events.count == Self.batch, let last = page.events.last {
      state.next = Task { [events] in
        do throws(BartizanError) {
          return .success(try await events.events(after: last.position, limit: Self.batch))
        } catch {
          return .failure(error)
        }
      }
    }
    return (page, read == nil)
  }

  private func keep(_ state: inout State) async throws(BartizanError) {
    let shared = state.addresses.filter { state.detector.isSharedAddress($0) }
    let receipt = try await alerts.keep(
      DetectionStep(
        changes: state.changes,
        // What was looked at again after a start was kept before.
        position: state.position > state.kept ? state.position : nil, sharedAddresses: shared,
        targets: settings.targets))
    state.changes = []
    state.mustKeep = false
    state.kept = max(state.kept, state.position)
    state.keptAt = .now
    let metrics = surroundings.metrics
    for alert in receipt.new {
      metrics.add(Measures.alerts, [("severity", alert.severity.name)])
      metrics.set(Measures.ruleFired, [("rule", alert.rule.id)], to: Double(surroundings.time))
    }
    metrics.add(Measures.suppressedAlerts, by: Double(receipt.suppressed))
    metrics.add(Measures.incidents, by: Double(receipt.openedIncidents.count))
  }

  private func measure(_ state: inout State) {
    let metrics = surroundings.metrics
    let detector = state.detector
    let late = detector.tooLate + detector.forgotten
    metrics.add(Measures.lateMatches, by: Double(late - state.told.tooLate))
    state.told.tooLate = late
    for (rule, count) in detector.throttled where count > 0 && state.told.rules.insert(rule).inserted {
      surroundings.tell(
        "\(rule) fires so often that further accounts and addresses are one alert (bartizan_detection_throttled_alerts_total)"
      )
    }
    let throttled = detector.throttled.reduce(0) { $0 + $1.value }
    metrics.add(Measures.throttledAlerts, by: Double(throttled - state.told.throttled))
    state.told.throttled = throttled
    metrics.add(Measures.skippedExpressions, by: Double(detector.skippedExpressions - state.told.skipped))
    state.told.skipped = detector.skippedExpressions
    for (rule, time) in state.detector.takeTimes() where time > 0 {
      metrics.add(Measures.ruleSeconds, [("rule", rule)], by: Double(time) / 1e9)
    }
    for (rule, count) in detector.matchCounts where count > state.told.matches[rule] ?? 0 {
      metrics.add(Measures.ruleMatches, [("rule", rule)], by: Double(count - (state.told.matches[rule] ?? 0)))
      state.told.matches[rule] = count
    }
    metrics.set(Measures.detectionPosition, to: Double(state.position.number))
  }

  // MARK: Trouble

  private func say(_ text: String) {
    let isNew = trouble.withLock { known in
      defer { known = text }
      return known != text
    }
    if isNew { surroundings.tell(text) }
  }

  private func clear() {
    let had = trouble.withLock { known in
      defer { known = nil }
      return known != nil
    }
    if had { surroundings.tell("detection goes on") }
  }
}
