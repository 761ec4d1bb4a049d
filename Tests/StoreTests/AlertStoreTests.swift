import Bytes
import Findings
import Store
import Synchronization
import TestKit
import Testing

@testable import Detect

/// What was found is kept once, with what people made of it and what is still to be sent.
@Suite struct AlertStoreTests {
  static let start = Timestamp("2026-11-28T12:00:00Z") ?? Timestamp(nanoseconds: 0)
  static let minute: Int64 = 60_000_000_000

  final class Clock: Sendable {
    private let time = Mutex(AlertStoreTests.start)
    var now: Timestamp { time.withLock { $0 } }
    func pass(_ nanoseconds: Int64) { time.withLock { $0 = Timestamp(nanoseconds: $0.nanoseconds + nanoseconds) } }
  }

  let folder: TemporaryFolder
  let clock = Clock()
  let store: SQLiteAlertStore

  init() throws {
    folder = try TemporaryFolder()
    store = try SQLiteAlertStore(folder.path, mode: .making, now: { [clock] in clock.now })
  }

  /// - Parameter minute: when it began.
  static func alert(
    _ id: String, rule: String = "exec", severity: Severity = .high, actor: String = "kim", minute: Int64 = 0,
    events: [String] = ["a"]
  ) -> Alert {
    var info = RuleInfo(id: rule, title: "Rule \(rule)", location: Location(file: rule + ".yml"))
    info.severity = severity
    info.tags = ["attack.execution", "attack.t1609"]
    let time = Timestamp(nanoseconds: start.nanoseconds + minute * Self.minute)
    var alert = Alert(
      id: id, rule: info, severity: severity, start: time, end: time, actor: actor, sourceAddress: "192.0.2.1",
      message: "\(actor) did it", events: events.map { Alert.Reference(source: "store", line: 1, id: $0) },
      eventCount: events.count, entities: [Entity(.user, actor)])
    alert.links = [.person(Entity(.user, actor))]
    return alert
  }

  static let target = DispatchTarget(name: "siem", takesAlerts: true, takesIncidents: true, least: .medium)

  func keep(_ alerts: Alert..., at position: Int64? = nil, absorbed: [String] = []) async throws -> DetectionReceipt {
    try await store.keep(
      DetectionStep(
        changes: alerts.map { AlertBook.Change($0, absorbed: absorbed) }, position: position.map { EventPosition($0) },
        targets: [Self.target]))
  }

  func incidents() async throws -> [KeptIncident] { try await store.incidents(AlertFilter()).incidents }

  func due() async throws -> [Dispatch] { try await store.due("siem", limit: 100) }

  // MARK: Keeping

  @Test func whatIsFoundAgainIsNotNew() async throws {
    let first = try await keep(Self.alert("a1"), at: 10)
    #expect(first.new.map(\.id) == ["a1"] && first.openedIncidents == ["inc-a1"])
    let second = try await keep(Self.alert("a1"), at: 10)
    #expect(second.new.isEmpty && second.grown == 0 && second.grownIncidents.isEmpty)
    // After a restart detection begins in the middle of an alert, which has another first event then.
    let third = try await keep(Self.alert("a2", minute: 5, events: ["b"]), at: 20)
    #expect(third.new.isEmpty && third.grown == 1)
    let kept = try await store.alerts(AlertFilter()).alerts
    #expect(kept.map(\.alert.id) == ["a1"] && kept.first?.alert.events.map(\.id) == ["a", "b"])
    #expect(kept.first?.alert.eventCount == 2 && kept.first?.incident == "inc-a1")
    // More than fifteen minutes later it is another.
    #expect(try await keep(Self.alert("a3", minute: 30, events: ["c"])).new.map(\.id) == ["a3"])
    #expect(try await incidents().map(\.alertCount) == [2])
  }

  @Test func progressIsKeptWithWhatWasFound() async throws {
    #expect(try await store.progress(memory: 0) == nil)
    try await store.begin(after: EventPosition(5))
    for step in 1...4 {
      clock.pass(10 * Self.minute)
      _ = try await store.keep(DetectionStep(changes: [], position: EventPosition(Int64(step) * 100)))
    }
    let none = try #require(try await store.progress(memory: 0))
    #expect(none.position == EventPosition(400) && none.resume == EventPosition(400))
    #expect(try await store.progress(memory: 15 * Self.minute)?.resume == EventPosition(200))
    #expect(try await store.progress(memory: .max)?.resume == EventPosition(5))
  }

  @Test func incidentsThatTurnOutToBeOneAreMerged() async throws {
    _ = try await keep(Self.alert("a1", rule: "r1", actor: "kim", events: ["a"]))
    _ = try await keep(Self.alert("b1", rule: "r2", actor: "dana", minute: 10, events: ["b"]))
    #expect(try await incidents().count == 2)
    // What dana did, with kim's hand.
    var both = Self.alert("c1", rule: "r3", actor: "kim", minute: 20, events: ["c"])
    both.links.insert(.person(Entity(.user, "dana")))
    let receipt = try await keep(both)
    #expect(receipt.openedIncidents.isEmpty && receipt.grownIncidents == ["inc-a1"])
    let left = try await incidents()
    #expect(left.map(\.id) == ["inc-a1"] && left.first?.alertCount == 3)
    // The other one is still known by its id.
    let merged = try #require(try await store.incident("inc-b1"))
    #expect(merged.id == "inc-a1" && merged.whole?.alerts.map(\.alert.id) == ["a1", "b1", "c1"])
    #expect(merged.whole?.notes.map(\.action) == [.merged])
    #expect(Set(try await due().map(\.id)) == ["a1", "b1", "c1", "inc-a1"])
  }

  /// What another process has kept meanwhile, and what a former run of this one kept, is joined as well.
  @Test func whatOthersKeptIsJoined() async throws {
    _ = try await keep(Self.alert("a1", rule: "r1", actor: "kim", events: ["a"]))
    let other = try SQLiteAlertStore(folder.path, mode: .existing, now: { [clock] in clock.now })
    _ = try await other.keep(
      DetectionStep(
        changes: [AlertBook.Change(Self.alert("b1", rule: "r2", actor: "dana", minute: 10, events: ["b"]))],
        position: nil, targets: []))
    var both = Self.alert("c1", rule: "r3", actor: "kim", minute: 20, events: ["c"])
    both.links.insert(.person(Entity(.user, "dana")))
    #expect(try await keep(both).grownIncidents == ["inc-a1"])
    #expect(try await incidents().map(\.alertCount) == [3])
    // What lies long before and after is another incident, in whatever order it comes.
    _ = try await keep(Self.alert("d1", rule: "r4", minute: 600, events: ["d"]))
    _ = try await keep(Self.alert("e1", rule: "r5", minute: -600, events: ["e"]))
    _ = try await keep(Self.alert("f1", rule: "r6", minute: 25, events: ["f"]))
    #expect(try await incidents().map(\.alertCount) == [1, 4, 1])
  }

  /// Nobody is told of every further alert of an incident of hundreds, but their number is right, and a worse one is told.
  @Test func largeIncidentsAreToldNowAndThen() async throws {
    func alert(_ number: Int, _ severity: Severity = .medium) -> Alert {
      Self.alert(
        "a\(number)", rule: "r\(number)", severity: severity, minute: Int64(number / 20), events: ["e\(number)"])
    }
    _ = try await store.keep(
      DetectionStep(changes: (0..<600).map { AlertBook.Change(alert($0)) }, position: nil, targets: [Self.target]))
    var told = 0
    for number in 600..<664 {
      told += try await keep(alert(number)).grownIncidents.count
      #expect(try await incidents().map(\.alertCount) == [number + 1])
    }
    #expect(told == 2)
    #expect(try await keep(alert(664, .high)).grownIncidents.count == 1)
    #expect(try await incidents().map(\.severity) == [.high])
  }

  @Test func absorbedAlertsAreKnownByTheWhole() async throws {
    _ = try await keep(Self.alert("a1", events: ["a"]))
    _ = try await keep(Self.alert("a2", minute: 40, events: ["c"]))
    let whole = Self.alert("a1", minute: 20, events: ["a", "b", "c"])
    _ = try await keep(whole, absorbed: ["a2"])
    #expect(try await store.alerts(AlertFilter()).alerts.map(\.alert.id) == ["a1"])
    #expect(try await store.alert("a2")?.alert.id == "a1")
  }

  @Test func twoProcessesWorkOnIt() async throws {
    _ = try await keep(Self.alert("a1"))
    let other = try SQLiteAlertStore(folder.path, mode: .existing, now: { [clock] in clock.now })
    try await other.change(alerts: ["a1"], incidents: [], .acknowledge, by: "dana", comment: nil)
    #expect(try await store.alert("a1")?.triage.state == .acknowledged)
    _ = try await keep(Self.alert("a1", minute: 1, events: ["b"]))
    #expect(try await other.alert("a1")?.alert.eventCount == 2)
    #expect(throws: BartizanError.self) {
      _ = try SQLiteAlertStore(folder.path + "/none", mode: .existing, now: { Self.start })
    }
    #expect(FileMode.of(folder.path + "/alerts.sqlite") == 0o600)
  }

  /// What is old goes as a whole, with what was merged into it, and not before it was sent.
  @Test func retentionLeavesNothingThatPointsToWhatIsGone() async throws {
    _ = try await keep(Self.alert("a1", events: ["a"]))
    _ = try await keep(Self.alert("a2", minute: 40, events: ["c"]))
    _ = try await keep(Self.alert("a1", minute: 20, events: ["a", "b", "c"]), absorbed: ["a2"])
    _ = try await keep(Self.alert("i1", rule: "look", severity: .info, actor: "dana"))
    try await store.suppress(
      Suppression(
        id: "s1", rule: "r", actor: nil, sourceAddress: nil, reason: "noise", author: "kim", created: Self.start,
        expires: Timestamp(nanoseconds: Self.start.nanoseconds + 1)))
    clock.pass(100 * 86_400_000_000_000)
    let before = Timestamp(nanoseconds: clock.now.nanoseconds - 30 * 86_400_000_000_000)
    // Nobody was told of it yet.
    #expect(try await store.prune(before: before) == 1)
    #expect(try await store.alert("i1")?.alert.id == nil)
    #expect(try await incidents().count == 1)
    try await store.taken(try await due(), by: "siem", quiet: 0)
    #expect(try await store.prune(before: Timestamp(nanoseconds: Self.start.nanoseconds - 1)) == 0)
    #expect(try await store.prune(before: before) == 2)
    #expect(try await incidents().isEmpty)
    #expect(try await store.suppressions(includesPast: true).isEmpty)
    // The same events are found again: nothing is in the way.
    let receipt = try await keep(Self.alert("a2", minute: 40, events: ["c"]))
    #expect(receipt.new.map(\.id) == ["a2"] && receipt.openedIncidents.count == 1)
  }

  @Test func placesOfDestinationsAreKept() async throws {
    #expect(try await store.feed("lake") == nil)
    try await store.feed("lake", took: EventPosition(7))
    try await store.feed("lake", took: EventPosition(9))
    #expect(try await store.feed("lake") == EventPosition(9))
    #expect(try await store.feed("other") == nil)
  }

  // MARK: Triage

  @Test func triageHasAHistory() async throws {
    _ = try await keep(Self.alert("a1"))
    try await store.change(alerts: [], incidents: ["inc-a1"], .assign("dana"), by: "kim", comment: nil)
    clock.pass(Self.minute)
    try await store.change(alerts: [], incidents: ["inc-a1"], .close(.benign), by: "dana", comment: "an upgrade")
    let closed = try #require(try await store.incident("inc-a1"))
    #expect(closed.triage == Triage(state: .closed, reason: .benign, assignee: "dana"))
    #expect(closed.whole?.notes.map(\.text) == ["dana", "benign: an upgrade"])
    #expect(closed.whole?.notes.map(\.author) == ["kim", "dana"])
    var filter = AlertFilter()
    filter.states = [.new, .acknowledged]
    #expect(try await store.incidents(filter).incidents.isEmpty)
    // Its alerts are closed with it.
    #expect(try await store.alert("a1")?.triage == Triage(state: .closed, reason: .benign))
    try await store.change(alerts: ["a1"], incidents: [], .reopen, by: "kim", comment: nil)
    // Nothing is changed where one of them is unknown.
    let error = await #expect(throws: BartizanError.self) {
      try await store.change(alerts: ["a1", "nope"], incidents: [], .acknowledge, by: "kim", comment: nil)
    }
    #expect(error?.code == .input && error?.message.hasPrefix("nope: ") == true)
    #expect(try await store.alert("a1")?.triage.state == .new)
    // What goes on opens it again, and the assignee stays.
    let receipt = try await keep(Self.alert("a1", minute: 2, events: ["b"]))
    #expect(receipt.grownIncidents == ["inc-a1"])
    let open = try #require(try await store.incident("inc-a1"))
    #expect(open.triage == Triage(state: .new, assignee: "dana"))
    #expect(open.whole?.notes.last?.action == .reopened && open.whole?.notes.last?.author == "bartizan")
  }

  @Test func suppressionsHoldForAWhile() async throws {
    let made = Suppression(
      id: "s1", rule: "exec", actor: "kim", sourceAddress: nil, reason: "tests", author: "dana", created: clock.now,
      expires: Timestamp(nanoseconds: Self.start.nanoseconds + 60 * Self.minute))
    try await store.suppress(made)
    let receipt = try await keep(
      Self.alert("a1"), Self.alert("a2", actor: "dana"), Self.alert("a3", rule: "other", actor: "kim"))
    #expect(receipt.suppressed == 1 && receipt.new.map(\.id) == ["a2", "a3"])
    #expect(!(try await due().contains { $0.id == "a1" }))
    #expect(try await store.alerts(AlertFilter()).alerts.map(\.alert.id).sorted() == ["a2", "a3"])
    var all = AlertFilter()
    all.includesSuppressed = true
    #expect(try await store.alerts(all).alerts.count == 3)
    #expect(try await store.alert("a1")?.suppression == "s1")
    #expect(try await store.suppressions(includesPast: false).map(\.alerts) == [1])
    // What it keeps silent stays so while it goes on.
    #expect(try await keep(Self.alert("a1", minute: 3, events: ["b"])).grown == 0)
    clock.pass(61 * Self.minute)
    #expect(try await store.suppressions(includesPast: false).isEmpty)
    #expect(try await store.suppressions(includesPast: true).count == 1)
    #expect(try await keep(Self.alert("a9", minute: 61, events: ["z"])).new.map(\.id) == ["a9"])
    await #expect(throws: BartizanError.self) { try await store.lift("s1") }
  }

  // MARK: Questions

  @Test func pagesAreWhole() async throws {
    for number in 0..<7 {
      _ = try await keep(
        Self.alert("a\(number)", actor: "p\(number)", minute: Int64(number) * 90, events: ["e\(number)"]))
    }
    var filter = AlertFilter()
    filter.limit = 3
    var alerts: [String] = []
    var incidents: [String] = []
    repeat {
      let page = try await store.alerts(filter)
      alerts += page.alerts.map(\.alert.id)
      filter.cursor = page.next.flatMap { AlertCursor($0.text) }
    } while filter.cursor != nil
    repeat {
      let page = try await store.incidents(filter)
      incidents += page.incidents.map(\.id)
      filter.cursor = page.next
    } while filter.cursor != nil
    #expect(alerts == (0..<7).reversed().map { "a\($0)" })
    #expect(incidents == (0..<7).reversed().map { "inc-a\($0)" })
    filter.actor = "p3"
    #expect(try await store.alerts(filter).alerts.map(\.alert.id) == ["a3"])
    #expect(try await store.incidents(filter).incidents.map(\.id) == ["inc-a3"])
    filter.actor = nil
    filter.least = .critical
    #expect(try await store.alerts(filter).alerts.isEmpty)
  }

  // MARK: Sending

  @Test func whatIsToBeSentStaysUntilItIsTaken() async throws {
    _ = try await keep(Self.alert("a1"), Self.alert("low", rule: "r9", severity: .low, minute: 1, events: ["l"]))
    var waiting = try await due()
    #expect(waiting.map(\.id) == ["a1", "inc-a1"])
    try await store.failed(
      waiting, for: "siem", reason: "down", retry: Timestamp(nanoseconds: clock.now.nanoseconds + Self.minute))
    #expect(try await due().isEmpty)
    let records = try await store.dispatches(nil, limit: 10)
    #expect(records.map(\.reason) == ["down", "down"] && records.map(\.tries) == [1, 1])
    clock.pass(2 * Self.minute)
    waiting = try await due()
    #expect(waiting.map(\.tries) == [1, 1])
    try await store.failed([waiting[0]], for: "siem", reason: "status 403", retry: nil)
    try await store.taken([waiting[1]], by: "siem", quiet: Self.minute)
    #expect(try await due().isEmpty)
    #expect(try await store.counts().dead == ["siem": 1])
    #expect(try await store.redeliver("another") == 0)
    #expect(try await store.redeliver(nil) == 1)
    #expect(try await due().map(\.id) == ["a1"])
    try await store.taken(try await due(), by: "siem", quiet: 0)
    #expect(try await store.dispatches(nil, limit: 10).isEmpty)
  }

  /// One message for an incident, and what comes of it together a while later.
  @Test func incidentsAreToldAgainWhenTheyHaveGrown() async throws {
    _ = try await keep(Self.alert("a1"))
    try await store.taken(try await due(), by: "siem", quiet: Self.minute)
    _ = try await keep(Self.alert("a2", rule: "r2", minute: 1, events: ["b"]))
    #expect(try await due().map(\.id) == ["a2"])
    _ = try await keep(Self.alert("a3", rule: "r3", minute: 2, events: ["c"]))
    clock.pass(2 * Self.minute)
    let again = try await due()
    #expect(Set(again.map(\.id)) == ["a2", "a3", "inc-a1"])
    guard case .incident(let incident, let isClosed)? = again.first(where: { $0.id == "inc-a1" })?.content else {
      Issue.record("no incident is due")
      return
    }
    #expect(incident.id == "inc-a1" && incident.alerts == ["a1", "a2", "a3"] && !isClosed)
    // What grows while it is sent is sent again.
    _ = try await keep(Self.alert("a4", rule: "r4", minute: 3, events: ["d"]))
    try await store.taken(again, by: "siem", quiet: Self.minute)
    clock.pass(2 * Self.minute)
    #expect(Set(try await due().map(\.id)) == ["a4", "inc-a1"])
    try await store.taken(try await due(), by: "siem", quiet: Self.minute)
    // Whoever was told of it hears that it is over.
    try await store.change(alerts: [], incidents: ["inc-a1"], .close(.truePositive), by: "kim", comment: nil)
    guard case .incident(_, isClosed: true)? = try await due().first?.content else {
      Issue.record("nobody is told that it is closed")
      return
    }
    #expect(try await store.open(since: Self.start, limit: 10).isEmpty)
  }

  @Test func damageIsSaid() async throws {
    let other = try TemporaryFolder()
    try other.write("alerts.sqlite", "this is no database, whatever its name says, and long enough to be one")
    let error = #expect(throws: BartizanError.self) {
      _ = try SQLiteAlertStore(other.path, mode: .existing, now: { Self.start })
    }
    #expect(error?.message.contains("alerts.sqlite") == true)
  }
}
