import Bytes
import Events
import Findings
import GRDB
import Glibc
import Store
import Synchronization
import TestKit
import Testing

@Suite struct EventStoreTests {
  private static let day: Int64 = 86_400_000_000_000

  /// A clock that stands still until it is set.
  final class Clock: Sendable {
    private let time: Mutex<Int64>
    init(_ time: Int64) { self.time = Mutex(time) }
    func set(_ time: Int64) { self.time.withLock { $0 = time } }
    var now: @Sendable () -> Timestamp { { Timestamp(nanoseconds: self.time.withLock { $0 }) } }
  }

  private static func small() -> SQLiteEventStore.Limits {
    var limits = SQLiteEventStore.Limits()
    limits.packedEvents = 1_000_000
    limits.blockEvents = 64
    return limits
  }

  private static func open(
    _ path: String, _ mode: SQLiteEventStore.Mode = .writing, clock: Clock = Clock(EventSamples.start),
    limits: SQLiteEventStore.Limits = small()
  ) throws -> SQLiteEventStore {
    try SQLiteEventStore(path, mode: mode, limits: limits, now: clock.now)
  }

  private static func everything() throws -> EventSelection {
    EventSelection(try CompiledQuery("*", now: Timestamp(nanoseconds: EventSamples.start)))
  }

  private static func all(_ store: SQLiteEventStore) async throws -> [StoredEvent] {
    try await store.events(after: .start, limit: 1_000_000).events
  }

  /// What makes two events the same to whoever looks at them.
  private static func face(_ event: Event) -> String {
    event.fields().map { "\($0.field.name)=\($0.values.map(\.text))" }.joined(separator: ";") + event.originalText
  }

  // MARK: Searching

  /// Searches give what a naive evaluation gives: before and after packing, over several days, page by page.
  @Test(arguments: 1...3) func searchEqualsNaiveEvaluation(_ seed: UInt64) async throws {
    let folder = try TemporaryFolder()
    let store = try Self.open(folder.path)
    var samples = EventSamples(seed: seed)
    var stored: [StoredEvent] = []
    for round in 0..<6 {
      let receivedAt = EventSamples.start + Int64(round / 2) * Self.day + Int64(round) * 1_000_000_000
      let batch = samples.batch(40 + samples.upTo(80), receivedAt: receivedAt)
      let receipt = try await store.append([EventDelivery(batch)])
      let repeated = Set(receipt.deliveries[0].repeated)
      var position = receipt.last.number - Int64(receipt.stored)
      for (place, event) in batch.events.enumerated() where !repeated.contains(place) {
        position += 1
        stored.append(StoredEvent(event, at: EventPosition(position)))
      }
      // Some are packed, some are not.
      if round == 3 { try await store.seal() }
    }
    for isSealed in [false, true] {
      if isSealed { try await store.seal() }
      let followed = try await Self.all(store)
      #expect(followed.map(\.position) == stored.map(\.position))
      for (a, b) in zip(followed, stored) where Self.face(a.event) != Self.face(b.event) {
        Issue.record("stored \(Self.face(b.event))\nfound \(Self.face(a.event))")
      }
      for _ in 0..<20 {
        let text = samples.query()
        let plain = EventSelection(
          try CompiledQuery(text, now: Timestamp(nanoseconds: EventSamples.start)), time: samples.range())
        let selection = samples.flip() ? plain.masked : plain
        let expected = stored.filter { stored in
          let shown = selection.isMasked ? stored.event.masked() : stored.event
          let isWithin =
            shown.moment.map(selection.time.contains) ?? (selection.time.since == nil && selection.time.until == nil)
          return isWithin && selection.query.matches(shown)
        }.sorted { EventCursor($0) < EventCursor($1) }
        let isNewest = samples.flip()
        let wanted = isNewest ? Array(expected.reversed()) : expected
        var found: [StoredEvent] = []
        var cursor: EventCursor?
        let limit = 20 + samples.upTo(200)
        repeat {
          let page = try await store.search(
            EventSearch(selection, order: isNewest ? .newestFirst : .oldestFirst, limit: limit, after: cursor))
          #expect(page.coverage.isWhole)
          #expect(page.events.count <= limit)
          found += page.events
          cursor = page.next
        } while cursor != nil && found.count <= stored.count
        #expect(found.map(\.position) == wanted.map(\.position), "\(text) \(selection.time)")
        let counted = try await store.statistics(
          StatisticsRequest(groups: [FieldReference("user.name")], bucket: 300_000_000_000), of: selection)
        var naive = Statistics(counted.statistics.request)
        for event in expected { naive.add(event.event) }
        #expect(counted.statistics.total == expected.count, "\(text)")
        #expect(
          counted.statistics.rows.map { "\($0.values) \($0.start?.text ?? "") \($0.count)" }
            == naive.rows.map { "\($0.values) \($0.start?.text ?? "") \($0.count)" }, "\(text)")
        // What is merely counted is not always read.
        for bucket: Int64? in [nil, 60_000_000_000, 300_000_000_000, 7_000_000_000] {
          let counted = try await store.statistics(StatisticsRequest(bucket: bucket), of: selection)
          var naive = Statistics(counted.statistics.request)
          for event in expected { naive.add(event.event) }
          #expect(
            counted.statistics.rows.map { "\($0.start?.text ?? "") \($0.count)" }
              == naive.rows.map { "\($0.start?.text ?? "") \($0.count)" }, "\(text) \(selection.time)")
          #expect(counted.coverage.isWhole)
        }
      }
    }
    let verified = try await store.verify()
    #expect(verified.problems.isEmpty && verified.events == stored.count && verified.files == 3)
    try await store.close()
  }

  /// What cannot match is not read.
  @Test func blocksWithoutTheWordAreSkipped() async throws {
    let folder = try TemporaryFolder()
    let store = try Self.open(folder.path)
    for index in 0..<20 {
      let line = Array(#"{"n":\#(index),"msg":"word\#(index)","time":"2026-11-27T\#(index + 100)"}"#.utf8)
      let text = (0..<40).map { _ in String(decoding: line, as: UTF8.self) }.joined(separator: "\n")
      var options = DecodeOptions()
      options.receivedAt = Timestamp(nanoseconds: EventSamples.start + Int64(index) * 3_600_000_000_000)
      _ = try await store.append([EventDelivery(EventDecoder.decode(Array(text.utf8), options: options))])
    }
    try await store.seal()
    let query = try CompiledQuery("word7", now: Timestamp(nanoseconds: 0))
    let page = try await store.search(EventSearch(EventSelection(query), limit: 100))
    #expect(page.events.count == 40)
    // One in 256 filters is wrong.
    #expect(page.coverage.blocksRead <= 3 && page.coverage.blocksRead + page.coverage.blocksSkipped == 20)
    try await store.close()
  }

  /// Counting over time reads no event of a block that is counted as a whole, and all of one whose minutes are cut.
  @Test func countingReadsNoEvents() async throws {
    let folder = try TemporaryFolder()
    let store = try Self.open(folder.path)
    let lines = (0..<200).map { index in
      let time = Timestamp(nanoseconds: EventSamples.start + Int64(index) * 30_000_000_000)
      return #"{"n":\#(index),"time":"\#(time.text)"}"#
    }
    var options = DecodeOptions()
    options.receivedAt = Timestamp(nanoseconds: EventSamples.start)
    _ = try await store.append([
      EventDelivery(EventDecoder.decode(Array(lines.joined(separator: "\n").utf8), options: options))
    ])
    try await store.seal()
    try await store.close()
    // Whoever reads an event of it finds damage.
    let database = try DatabaseQueue(path: folder.path + "/events-2026-11-27.sqlite")
    try await database.write { try $0.execute(sql: "UPDATE part SET content = zeroblob(8) WHERE id % 8 = 1") }
    try database.close()
    let reader = try Self.open(folder.path, .reading)
    func count(_ time: TimeRange) async throws -> EventStatistics {
      try await reader.statistics(
        StatisticsRequest(bucket: 300_000_000_000),
        of: EventSelection(try CompiledQuery("*", now: Timestamp(nanoseconds: 0)), time: time))
    }
    let all = try await count(TimeRange())
    #expect(all.coverage.isWhole && all.statistics.total == 200 && all.statistics.rows.allSatisfy { $0.count == 10 })
    let minutes = TimeRange(
      since: Timestamp(nanoseconds: EventSamples.start + 600_000_000_000),
      until: Timestamp(nanoseconds: EventSamples.start + 1_200_000_000_000))
    let some = try await count(minutes)
    #expect(some.coverage.isWhole && some.statistics.total == 20)
    let cut = TimeRange(since: Timestamp(nanoseconds: EventSamples.start + 601_000_000_000), until: nil)
    let part = try await count(cut)
    #expect(part.coverage.problems.count == 1)
  }

  // MARK: Storing once

  @Test func whatIsDeliveredAgainIsStoredOnce() async throws {
    let folder = try TemporaryFolder()
    let clock = Clock(EventSamples.start)
    var store = try Self.open(folder.path, clock: clock)
    func audit(_ id: String, _ user: String) -> String {
      #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"\#(id)","stage":"ResponseComplete","requestURI":"/x","verb":"get","user":{"username":"\#(user)"},"stageTimestamp":"2026-11-27T00:10:00Z","requestReceivedTimestamp":"2026-11-27T00:10:00Z"}"#
    }
    func batch(_ lines: [String]) -> EventBatch {
      EventDecoder.decode(Array(lines.joined(separator: "\n").utf8))
    }
    let first = batch([audit("1", "kim"), audit("2", "kim"), audit("2", "kim")])
    var receipt = try await store.append([EventDelivery(first)])
    #expect(receipt.deliveries.map(\.repeated) == [[2]] && receipt.stored == 2)
    // The id is the client's choice: another event may have it.
    receipt = try await store.append([EventDelivery(batch([audit("1", "eve"), audit("1", "kim")]))])
    #expect(receipt.deliveries.map(\.repeated) == [[1]] && receipt.stored == 1)
    try await store.seal()
    receipt = try await store.append([EventDelivery(first)])
    #expect(receipt.stored == 0)
    try await store.close()
    // Nor after a restart, on another day, packed or not.
    clock.set(EventSamples.start + Self.day)
    store = try Self.open(folder.path, clock: clock)
    receipt = try await store.append([EventDelivery(first), EventDelivery(batch([audit("9", "kim")]))])
    #expect(receipt.deliveries.map(\.stored) == [0, 1])
    try await store.close()
    store = try Self.open(folder.path, clock: clock)
    receipt = try await store.append([EventDelivery(batch([audit("9", "kim")]))])
    #expect(receipt.stored == 0)
    // Text has nothing to know a repetition by, but for what the protocol says.
    let text = batch(["hello", "hello"])
    #expect(try await store.append([EventDelivery(text), EventDelivery(text)]).stored == 4)
    #expect(try await store.append([EventDelivery(text, key: .whole("c1"))]).stored == 2)
    #expect(try await store.append([EventDelivery(text, key: .whole("c1"))]).stored == 0)
    #expect(try await store.append([EventDelivery(text, key: .each(["a", nil]))]).stored == 2)
    #expect(try await store.append([EventDelivery(text, key: .each(["a", nil]))]).stored == 1)
    try await store.seal()
    #expect(try await store.append([EventDelivery(text, key: .whole("c1"))]).stored == 0)
    #expect(try await store.append([EventDelivery(text, key: .each(["a", "b"]))]).stored == 1)
    try await store.close()
  }

  @Test func manyCallersShareWrites() async throws {
    let folder = try TemporaryFolder()
    var limits = Self.small()
    limits.packedEvents = 200
    limits.waitingEvents = 400
    let store = try Self.open(folder.path, limits: limits)
    let stored = try await withThrowingTaskGroup(of: Int.self) { group in
      for index in 0..<24 {
        group.addTask {
          var samples = EventSamples(seed: UInt64(index + 1))
          return try await store.append([EventDelivery(samples.batch(50, receivedAt: EventSamples.start))]).stored
        }
      }
      return try await group.reduce(0, +)
    }
    let all = try await Self.all(store)
    #expect(all.count == stored)
    #expect(all.map(\.position.number) == Array(1...Int64(stored)))
    try await store.close()
  }

  // MARK: Crashes and damage

  /// However much of the journal reached the disk, what was acknowledged by then is there, once.
  @Test(arguments: 1...2) func acknowledgedEventsSurviveACrash(_ seed: UInt64) async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/store"
    let store = try Self.open(path)
    var samples = EventSamples(seed: seed)
    var acknowledged: [(journal: Int, positions: Set<Int64>)] = []
    let journal = path + "/events-2026-11-27.sqlite-wal"
    for round in 0..<10 {
      let receipt = try await store.append([EventDelivery(samples.batch(20, receivedAt: EventSamples.start))])
      let positions = Set((receipt.last.number - Int64(receipt.stored) + 1)...receipt.last.number)
      acknowledged.append((Self.size(journal), positions))
      if round == 5 { try await store.seal() }
    }
    let whole = Self.size(journal)
    for trial in 0..<8 {
      let copy = folder.path + "/copy-\(trial)"
      try Self.copy(path, to: copy)
      let length = trial == 0 ? whole : samples.upTo(whole + 1)
      truncate(copy + "/events-2026-11-27.sqlite-wal", off_t(length))
      // The old process is gone with its shared memory.
      unlink(copy + "/events-2026-11-27.sqlite-shm")
      let survivor = try Self.open(copy)
      let found = try await Self.all(survivor).map(\.position.number)
      #expect(Set(found).count == found.count, "an event is there twice")
      for (size, positions) in acknowledged where size <= length {
        #expect(positions.isSubset(of: found), "lost at \(length) of \(whole)")
      }
      #expect(survivor.problems.isEmpty)
      // It goes on from there, without giving a position twice.
      let receipt = try await survivor.append([EventDelivery(samples.batch(5, receivedAt: EventSamples.start))])
      #expect(receipt.last.number > found.max() ?? 0)
      try await survivor.seal()
      #expect(try await Self.all(survivor).count == found.count + receipt.stored)
      try await survivor.close()
    }
    try await store.close()
  }

  private static func size(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  private static func copy(_ from: String, to: String) throws {
    mkdir(to, 0o700)
    for name in ["secret", "events-2026-11-27.sqlite", "events-2026-11-27.sqlite-wal"] {
      let bytes = try FileReaderForTests.bytes(from + "/" + name)
      let file = try #require(fopen(to + "/" + name, "wb"))
      fwrite(bytes, 1, bytes.count, file)
      fclose(file)
    }
  }

  /// Damage is named, and everything else is found.
  @Test func damagedBlocksAreNamed() async throws {
    let folder = try TemporaryFolder()
    let store = try Self.open(folder.path)
    var samples = EventSamples(seed: 7)
    var count = 0
    for _ in 0..<4 {
      count += try await store.append([EventDelivery(samples.batch(200, receivedAt: EventSamples.start))]).stored
    }
    try await store.seal()
    try await store.close()
    let file = folder.path + "/events-2026-11-27.sqlite"
    var bytes = try FileReaderForTests.bytes(file)
    // A frame of zstd in the middle of the file.
    let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]
    let places = bytes.indices.dropLast(200).filter { bytes[$0] == 0x28 && Array(bytes[$0..<$0 + 4]) == magic }
    let place = try #require(places.dropFirst(places.count / 2).first)
    for offset in 60..<90 { bytes[place + offset] ^= 0x55 }
    let handle = try #require(fopen(file, "wb"))
    fwrite(bytes, 1, bytes.count, handle)
    fclose(handle)

    let reader = try Self.open(folder.path, .reading)
    let page = try await reader.search(EventSearch(try Self.everything(), limit: 10_000))
    #expect(page.coverage.problems.count == 1)
    #expect(page.coverage.problems.allSatisfy { $0.location.file == file && $0.message.contains("is damaged") })
    #expect(page.events.count < count && page.events.count > count / 2)
    let verified = try await reader.verify()
    #expect(verified.problems.count == 1)
    // Another file is not concerned.
    let second = Clock(EventSamples.start + Self.day)
    let writer = try Self.open(folder.path, clock: second)
    _ = try await writer.append([EventDelivery(samples.batch(50, receivedAt: EventSamples.start + Self.day))])
    try await writer.close()
    let garbage = try #require(fopen(file, "wb"))
    fwrite([UInt8](repeating: 0x41, count: 40_000), 1, 40_000, garbage)
    fclose(garbage)
    let rest = try await reader.search(EventSearch(try Self.everything(), limit: 10_000))
    #expect(rest.events.count == 50 && rest.coverage.problems.count == 1)
    let reopened = try Self.open(folder.path, clock: second)
    #expect(reopened.problems.count == 1)
    #expect(
      try await reopened.append([EventDelivery(samples.batch(5, receivedAt: EventSamples.start + Self.day))]).stored > 0
    )
    try await reopened.close()
  }

  /// A day whose file is empty or gone is named wherever its events would be in the answer.
  @Test(arguments: [false, true]) func daysThatAreGoneAreNamed(_ isEmptied: Bool) async throws {
    let folder = try TemporaryFolder()
    let second = Clock(EventSamples.start + Self.day)
    let store = try Self.open(folder.path, clock: second)
    var samples = EventSamples(seed: 11)
    for day in 0..<2 {
      let receivedAt = EventSamples.start + Int64(day) * Self.day
      _ = try await store.append([EventDelivery(samples.batch(50, receivedAt: receivedAt))])
    }
    try await store.seal()
    try await store.close()
    let reader = try Self.open(folder.path, .reading)
    #expect(try await reader.verify().problems.isEmpty)
    let file = folder.path + "/events-2026-11-27.sqlite"
    if isEmptied { truncate(file, 0) } else { unlink(file) }

    #expect(try await reader.verify().problems.map(\.location.file) == [file])
    #expect(try await reader.status().problems.count == 1)
    let page = try await reader.search(EventSearch(try Self.everything(), limit: 10_000))
    #expect(page.coverage.problems.map(\.location.file) == [file] && !page.events.isEmpty)
    let request = StatisticsRequest()
    #expect(try await reader.statistics(request, of: try Self.everything()).coverage.problems.count == 1)
    // A writer says so when it begins, and leaves it to be seen.
    let writer = try Self.open(folder.path, clock: second)
    #expect(writer.problems.map(\.location.file) == [file])
    try await writer.close()
    #expect(try await reader.verify().problems.map(\.location.file) == [file])
    guard !isEmptied else { return }
    // Once the day would have been deleted, nothing is missed.
    let later = Clock(EventSamples.start + 9 * Self.day)
    let pruner = try Self.open(folder.path, clock: later)
    var rules = RetentionRules(now: later.now())
    rules.age = 3 * Self.day
    _ = try await pruner.prune(rules, isTrial: false)
    try await pruner.close()
    #expect(try await reader.verify().problems.isEmpty)
  }

  /// What a killed server leaves is not packed, and counts by its source all the same.
  @Test func sourcesCountWhatIsNotPacked() async throws {
    let folder = try TemporaryFolder()
    let store = try Self.open(folder.path)
    var samples = EventSamples(seed: 5)
    _ = try await store.append([EventDelivery(samples.batch(80, receivedAt: EventSamples.start))])
    try await store.seal()
    _ = try await store.append([EventDelivery(samples.batch(80, receivedAt: EventSamples.start))])
    for status in [try await store.status(), try await Self.open(folder.path, .reading).status()] {
      #expect(status.pendingEvents > 0)
      #expect(status.sources.reduce(0) { $0 + $1.events } == status.events)
      #expect(status.sources.reduce(0) { $0 + $1.rawBytes } == status.rawBytes)
    }
    try await store.close()
  }

  @Test func aSecondWriterIsRefused() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a/b"
    #expect(throws: BartizanError(.input, "")) { try Self.open(path, .reading) }
    let store = try Self.open(path)
    #expect(throws: BartizanError(.storeLocked, "")) { try Self.open(path) }
    // Reading beside it is allowed, writing is not.
    let reader = try Self.open(path, .reading)
    #expect(try await Self.all(reader).isEmpty)
    var samples = EventSamples(seed: 1)
    let batch = samples.batch(3, receivedAt: EventSamples.start)
    await #expect(throws: BartizanError(.usage, "")) { try await reader.append([EventDelivery(batch)]) }
    _ = try await store.append([EventDelivery(batch)])
    #expect(try await Self.all(reader).count == 3)
    for name in ["lock", "secret", "events-2026-11-27.sqlite", "events-2026-11-27.sqlite-wal"] {
      var status = stat()
      #expect(stat(path + "/" + name, &status) == 0 && status.st_mode & 0o777 == 0o600, "\(name)")
    }
    try await store.close()
  }

  // MARK: Retention

  @Test func oldDaysAndSourcesAreDeleted() async throws {
    let folder = try TemporaryFolder()
    let store = try Self.open(folder.path)
    var samples = EventSamples(seed: 3)
    for day in 0..<5 {
      _ = try await store.append([
        EventDelivery(samples.batch(60, receivedAt: EventSamples.start + Int64(day) * Self.day))
      ])
    }
    try await store.seal()
    let now = Timestamp(nanoseconds: EventSamples.start + 4 * Self.day + 3_600_000_000_000)
    var rules = RetentionRules(now: now)
    #expect(try await store.prune(rules, isTrial: false).items.isEmpty)
    rules.age = 2 * Self.day
    rules.sources[.kubernetesAudit] = 30 * Self.day
    let before = try await store.status()
    let trial = try await store.prune(rules, isTrial: true)
    #expect(try await store.status().events == before.events)
    #expect(trial.items.allSatisfy { $0.dataset != nil && $0.dataset != .kubernetesAudit })
    let report = try await store.prune(rules, isTrial: false)
    #expect(report.items == trial.items)
    let left = try await Self.all(store)
    #expect(left.count == before.events - report.items.reduce(0) { $0 + $1.events })
    for event in left where event.event.dataset != .kubernetesAudit {
      #expect(event.event.ingested ?? now >= Timestamp(nanoseconds: EventSamples.start + 2 * Self.day))
    }
    // Whole days are files.
    rules.sources = [:]
    #expect(try await store.prune(rules, isTrial: false).items.map(\.reason) == [.age, .age])
    #expect(try await store.status().days.count == 3)
    rules.age = nil
    rules.size = 1
    #expect(try await store.prune(rules, isTrial: false).items.map(\.reason) == [.size, .size])
    #expect(try await store.status().days.map(\.day.text) == ["2026-12-01"])
    try await store.close()
  }
}
