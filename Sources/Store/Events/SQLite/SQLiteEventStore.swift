package import Bytes
package import Events
package import Findings
import FoundationEssentials
import GRDB

/// Events in a folder, with an SQLite file for each day on which they were received.
///
/// What is received is written to the file of the day in one transaction for all callers that wait, which is on the disk
/// before they continue. From time to time what has come together is packed into blocks of some thousand events of one
/// source and hour: their originals compressed, with a filter over their words and values by which a search passes over
/// them. A block replaces the writes that it is made of in one transaction, so that at any moment each event is there
/// once.
///
/// Memory is bounded: at most `Limits.waitingEvents` events or `Limits.waitingBytes` bytes are waiting to be packed;
/// beyond that `append` waits.
package actor SQLiteEventStore: EventStore {
  /// When events are packed, and how many may wait for it.
  package struct Limits: Sendable {
    /// Packing starts with this many events, or bytes of originals, or nanoseconds since the first was received.
    package var packedEvents = 16_384
    package var packedBytes = 32 << 20
    package var packedAge: Int64 = 600_000_000_000
    /// Maximum number of events and bytes of one block.
    package var blockEvents = 4_096
    package var blockBytes = 16 << 20
    package var waitingEvents = 131_072
    package var waitingBytes = 256 << 20

    package init() {}
  }

  /// What the store is opened for.
  package enum Mode: Sendable {
    /// Beside a process that writes, or without one.
    case reading
    /// One process at a time; another one is refused.
    case writing
  }

  private let folder: EventFolder
  private let limits: Limits
  private let now: @Sendable () -> Timestamp
  private let lock: StoreLock?
  private let secret: [UInt8]

  private var queues: [CalendarDate: DatabaseQueue] = [:]
  private var index: BlockIndex
  private var pending: [PendingWrite] = []
  private var pendingKeys: Set<EventKey> = []
  private var pendingEvents = 0
  private var pendingBytes = 0
  private var last: Int64
  /// Everything after it is in `pending`.
  private var packedLast: Int64 = 0
  private var isClosed = false
  /// What could not be read when the store was opened.
  package nonisolated let problems: [Problem]

  private var waiting: [Waiting] = []
  private var isWriting = false
  /// The packing or pruning that is under way; only one is at a time.
  private var maintenance: Task<Result<Void, BartizanError>, Never>?

  /// A write that is not packed yet.
  private struct PendingWrite: Sendable {
    let day: CalendarDate
    let row: Int64
    let events: [StoredEvent]
    let keys: [EventKey?]
    let rawBytes: Int
    let receivedAt: Int64
  }

  private struct Waiting {
    let deliveries: [Prepared]
    let answer: CheckedContinuation<Result<AppendReceipt, BartizanError>, Never>
  }

  /// Events of a delivery with what they are recognised by.
  private struct Prepared: Sendable {
    let events: [Event]
    let keys: [EventKey?]
  }

  /// Opens a store.
  ///
  /// - Parameters:
  ///   - path: its folder, which is created for writing where it is not there.
  ///   - now: the clock.
  /// - Throws: `storeLocked` where another process writes to it, `input` where there is no store to read.
  package init(
    _ path: String, mode: Mode, limits: Limits = Limits(), now: @escaping @Sendable () -> Timestamp
  ) throws(BartizanError) {
    folder = EventFolder(path)
    self.limits = limits
    self.now = now
    index = BlockIndex()
    guard mode == .writing else {
      guard EventFolder.exists(folder.path) else { throw BartizanError(.input, "\(path): no such folder") }
      guard EventFolder.exists(folder.path + "/secret") else {
        throw BartizanError(.input, "\(path): no store of events; `bartizan events import` makes one")
      }
      lock = nil
      secret = []
      last = 0
      problems = []
      return
    }
    try folder.create()
    lock = try StoreLock(folder.path)
    secret = try folder.secret()
    let recovery = try StoreRecovery(folder)
    index = recovery.index
    last = recovery.last
    problems = recovery.problems
    for write in recovery.writes {
      pending.append(
        PendingWrite(
          day: write.day, row: write.row, events: write.events, keys: write.keys, rawBytes: write.rawBytes,
          receivedAt: write.receivedAt))
      pendingKeys.formUnion(write.keys.compactMap { $0 })
      pendingEvents += write.events.count
      pendingBytes += write.rawBytes
    }
    // What is packed and what is not may lie side by side after a crash.
    packedLast = last
  }

  private func queue(of day: CalendarDate) throws(BartizanError) -> DatabaseQueue {
    if let known = queues[day] { return known }
    let made = try folder.open(day)
    queues[day] = made
    // Yesterday's file may still get what was on its way; older ones are closed.
    for old in queues.keys where old < day.adding(days: -1) && !pending.contains(where: { $0.day == old }) {
      try? queues[old]?.close()
      queues[old] = nil
    }
    return made
  }

  private func checkWritable() throws(BartizanError) {
    if lock == nil { throw BartizanError(.usage, "\(folder.path): opened for reading only") }
    if isClosed { throw BartizanError(.remote, "\(folder.path): the store is closed") }
  }

  // MARK: Storing

  package nonisolated func append(_ deliveries: [EventDelivery]) async throws(BartizanError) -> AppendReceipt {
    // Hashing is done on the caller's time, not on that of the store.
    let prepared = deliveries.map { prepare($0) }
    return try await enqueue(prepared).get()
  }

  private nonisolated func prepare(_ delivery: EventDelivery) -> Prepared {
    let events = Array(delivery.events.events)
    var keys: [EventKey?] = []
    keys.reserveCapacity(events.count)
    var prefix = secret
    for (place, event) in events.enumerated() {
      prefix.removeSubrange(secret.count...)
      let own: String? =
        switch delivery.key {
        case .none: nil
        case .whole(let id): "chunk\u{0}\(id)\u{0}\(place)"
        case .each(let ids): place < ids.count ? ids[place].map { "id\u{0}" + $0 } : nil
        }
      if let own {
        prefix.append(contentsOf: own.utf8)
      } else {
        prefix.append(contentsOf: event.dataset.rawValue.utf8)
        prefix.append(0)
        guard event.appendDeliveryKey(to: &prefix) else {
          keys.append(nil)
          continue
        }
      }
      prefix.append(0)
      keys.append(EventKey(event, prefix: prefix))
    }
    return Prepared(events: events, keys: keys)
  }

  private func enqueue(_ deliveries: [Prepared]) async -> Result<AppendReceipt, BartizanError> {
    do throws(BartizanError) { try checkWritable() } catch { return .failure(error) }
    while pendingEvents > limits.waitingEvents || pendingBytes > limits.waitingBytes {
      if case .failure(let error) = await pack() { return .failure(error) }
    }
    return await withCheckedContinuation { continuation in
      waiting.append(Waiting(deliveries: deliveries, answer: continuation))
      guard !isWriting else { return }
      isWriting = true
      Task { await writeWaiting() }
    }
  }

  /// Writes what waits, all of it at once, until nothing does.
  private func writeWaiting() async {
    while !waiting.isEmpty {
      let group = waiting
      waiting = []
      let results = await write(group)
      for (item, result) in zip(group, results) { item.answer.resume(returning: result) }
    }
    isWriting = false
    if isPackingDue, maintenance == nil { Task { _ = await pack() } }
  }

  private var isPackingDue: Bool {
    guard let first = pending.first else { return false }
    return pendingEvents >= limits.packedEvents || pendingBytes >= limits.packedBytes
      || now().nanoseconds - first.receivedAt >= limits.packedAge
  }

  private func write(_ group: [Waiting]) async -> [Result<AppendReceipt, BartizanError>] {
    var lists: [[AppendReceipt.Delivery]] = []
    var arrived: [CalendarDate: [(event: Event, key: EventKey?, received: Timestamp)]] = [:]
    var keysOfGroup: Set<EventKey> = []
    keysOfGroup.reserveCapacity(group.reduce(0) { $0 + $1.deliveries.reduce(0) { $0 + $1.events.count } })
    let moment = now()
    // Events that arrived together share their day.
    var items: [(event: Event, key: EventKey?, received: Timestamp)] = []
    var latest = (received: moment, day: moment.date)
    func file() {
      if items.isEmpty { return }
      arrived[latest.day, default: []] += items
      items.removeAll(keepingCapacity: true)
    }
    for item in group {
      var list: [AppendReceipt.Delivery] = []
      for delivery in item.deliveries {
        var receipt = AppendReceipt.Delivery()
        for (place, event) in delivery.events.enumerated() {
          let key = delivery.keys[place]
          if let key {
            if pendingKeys.contains(key) || keysOfGroup.contains(key) || index.contains(event, key, folder, now: moment)
            {
              receipt.repeated.append(place)
              continue
            }
            keysOfGroup.insert(key)
          }
          let received = event.ingested ?? moment
          if received != latest.received {
            file()
            latest = (received, received.date)
          }
          items.append((event, key, received))
          receipt.stored += 1
        }
        list.append(receipt)
      }
      lists.append(list)
    }
    file()
    // Day by day, as they are written: whoever follows the positions would pass over one that is written later.
    var byDay: [(day: CalendarDate, builder: PendingRecordsBuilder)] = []
    for (day, items) in arrived.sorted(by: { $0.key < $1.key }) {
      var builder = PendingRecordsBuilder(
        count: items.count, bytes: items.reduce(0) { $0 + $1.event.size })
      for item in items {
        last += 1
        builder.add(item.event, item.key, at: last, received: item.received)
      }
      byDay.append((day, builder))
    }
    let receipts = lists.map { AppendReceipt(deliveries: $0, last: EventPosition(last)) }
    for (day, builder) in byDay {
      do {
        let queue = try queue(of: day)
        let content = try builder.content()
        let summary = builder.row
        let row = try await queue.write { try EventDayTables($0).insert(summary, content: content) }
        pending.append(
          PendingWrite(
            day: day, row: row, events: builder.events, keys: builder.keys, rawBytes: summary.rawBytes,
            receivedAt: summary.receivedAt))
        pendingKeys.formUnion(builder.keys.compactMap { $0 })
        pendingEvents += builder.events.count
        pendingBytes += summary.rawBytes
      } catch {
        // Days before this one are stored: senders that repeat them are told so.
        let failure = EventFolder.error(error, folder.file(of: day))
        return group.map { _ in .failure(failure) }
      }
    }
    return receipts.map { .success($0) }
  }

  // MARK: Packing

  package func seal() async throws(BartizanError) {
    try checkWritable()
    // One may have begun before the last events came.
    while let running = maintenance { _ = await running.value }
    try await pack().get()
  }

  /// Packs what is pending, or waits for the packing that is under way.
  private func pack() async -> Result<Void, BartizanError> {
    if let running = maintenance { return await running.value }
    let task = Task {
      let result = await packPending()
      // Before whoever waits goes on.
      maintenance = nil
      return result
    }
    maintenance = task
    return await task.value
  }

  private func packPending() async -> Result<Void, BartizanError> {
    // What came too late is durable, and is packed when the store is opened again.
    guard !isClosed else { return .success(()) }
    let all = pending
    for day in Set(all.map(\.day)).sorted() {
      let writes = all.filter { $0.day == day }
      do throws(BartizanError) { try await pack(writes, of: day) } catch { return .failure(error) }
    }
    return .success(())
  }

  /// Events of one source and hour that become blocks.
  private struct Group: Sendable {
    let dataset: Dataset
    let hour: Int64
    var events: [(stored: StoredEvent, key: UInt32?)] = []
    /// A small block of the same that is packed anew with them.
    var merged: Int64?
    /// Its keys, of which nobody knows which event they are of, and its last position.
    var mergedKeys: [UInt32] = []
    var mergedLast = EventPosition.start
  }

  private func pack(_ writes: [PendingWrite], of day: CalendarDate) async throws(BartizanError) {
    struct Name: Hashable {
      let dataset: Dataset
      let hour: Int64
    }
    var groups: [Name: Group] = [:]
    // Nearly all events are of the source and hour of the one before.
    var latest: Group?
    func file() {
      guard let group = latest else { return }
      groups[Name(dataset: group.dataset, hour: group.hour), default: Group(dataset: group.dataset, hour: group.hour)]
        .events += group.events
      latest = nil
    }
    for write in writes {
      for (stored, key) in zip(write.events, write.keys) {
        let moment = stored.event.moment ?? Timestamp(nanoseconds: write.receivedAt)
        let (dataset, hour) = (stored.event.dataset, EventBlock.hour(moment.nanoseconds))
        if latest?.hour != hour || latest?.dataset != dataset {
          file()
          latest = Group(dataset: dataset, hour: hour)
        }
        latest?.events.append((stored, key?.short))
      }
    }
    file()
    let queue = try queue(of: day)
    var ready: [Group] = []
    for (name, group) in groups.sorted(by: {
      ($0.key.hour, $0.key.dataset.rawValue) < ($1.key.hour, $1.key.dataset.rawValue)
    }) {
      var group = group
      if group.events.count < limits.blockEvents / 2,
        let small = index.small(name.dataset, name.hour, day, atMost: limits.blockEvents / 2)
      {
        let before: (StoredRecords, [UInt8])?
        do {
          before = try await queue.read { database in
            let tables = EventDayTables(database)
            guard let records = try tables.records(of: small), let keys = try tables.part(.keys, of: small) else {
              return nil
            }
            return (records, keys)
          }
        } catch {
          throw EventFolder.error(error, folder.file(of: day))
        }
        // A damaged block stays what it is.
        if let before, let keys = EventBlock.keys(before.1) {
          let events = before.0.events()
          // While the block gives way to another one, an event of it that comes again is still known.
          let originals = await Offload.run { Set(events.map { EventKey(originalOf: $0.event) }) }
          index.pin(day, small, keys: keys, originals: originals)
          group.events = events.map { ($0, nil) } + group.events
          group.merged = small
          group.mergedKeys = keys
          group.mergedLast = events.map(\.position).max() ?? .start
        }
      }
      ready.append(group)
    }
    let limits = self.limits
    let groupsToPack = ready
    let packed: Result<[EventBlock], DocumentError> = await Offload.run {
      do throws(DocumentError) {
        var blocks: [EventBlock] = []
        for group in groupsToPack { blocks += try Self.blocks(of: group, limits) }
        return .success(blocks)
      } catch {
        return .failure(error)
      }
    }
    let file = folder.file(of: day)
    let blocks: [EventBlock]
    do throws(DocumentError) { blocks = try packed.get() } catch { throw EventFolder.error(error, file) }
    let rows = writes.map(\.row)
    let merged = ready.compactMap(\.merged)
    let ids: [Int64]
    do {
      ids = try await queue.write { database in
        let tables = EventDayTables(database)
        let ids = try blocks.map { try tables.insert($0) }
        for block in merged { try tables.deleteBlock(block) }
        try tables.deletePending(rows)
        return ids
      }
    } catch {
      throw EventFolder.error(error, file)
    }
    for block in merged { index.remove(day, block) }
    for (block, id) in zip(blocks, ids) { index.add(block.summary, day, id, keys: block.parts[.keys]) }
    let done = Set(rows)
    packedLast = writes.reduce(packedLast) { max($0, $1.events.last?.position.number ?? 0) }
    pending.removeAll { $0.day == day && done.contains($0.row) }
    for write in writes {
      pendingKeys.subtract(write.keys.compactMap { $0 })
      pendingEvents -= write.events.count
      pendingBytes -= write.rawBytes
    }
    // Pages that are free now go back to the file system, some at a time.
    try? await queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA incremental_vacuum(2048)") }
  }

  /// The blocks of a group, in the order of positions.
  private static func blocks(of group: Group, _ limits: Limits) throws(DocumentError) -> [EventBlock] {
    var events = group.events
    let isSorted = zip(events, events.dropFirst()).allSatisfy { $0.stored.position <= $1.stored.position }
    if !isSorted { events.sort { $0.stored.position < $1.stored.position } }
    var blocks: [EventBlock] = []
    var start = 0
    var bytes = 0
    func finish(_ end: Int) throws(DocumentError) {
      guard end > start else { return }
      let piece = events[start..<end]
      var keys = piece.compactMap(\.key)
      // Keys of the former block go wherever its events may have gone: one too many costs a look at the originals, one
      // too few would store an event twice.
      if piece.first.map({ $0.stored.position <= group.mergedLast }) ?? false { keys += group.mergedKeys }
      blocks.append(
        try EventBlock(piece.map(\.stored), keys: keys, dataset: group.dataset, hour: group.hour))
      start = end
      bytes = 0
    }
    for (place, item) in events.enumerated() {
      let size = item.stored.event.original.count
      if place - start >= limits.blockEvents || bytes + size > limits.blockBytes { try finish(place) }
      bytes += size
    }
    try finish(events.count)
    return blocks
  }

  // MARK: Finding

  private nonisolated func reading<T: Sendable>(
    _ body: @escaping @Sendable (StoreReading) -> T
  ) async throws(BartizanError) -> T {
    let folder = self.folder
    let result: Result<T, BartizanError> = await Offload.run {
      do throws(BartizanError) { return .success(body(try StoreReading(folder))) } catch { return .failure(error) }
    }
    return try result.get()
  }

  package nonisolated func search(_ search: EventSearch) async throws(BartizanError) -> EventPage {
    try await reading { $0.search(search) }
  }

  package nonisolated func statistics(
    _ request: StatisticsRequest, of selection: EventSelection
  ) async throws(BartizanError) -> EventStatistics {
    try await reading { $0.statistics(request, of: selection) }
  }

  package nonisolated func events(after position: EventPosition, limit: Int) async throws(BartizanError) -> EventPage {
    // Whoever follows closely is answered from memory.
    if let events = await recent(after: position, limit: limit) {
      return EventPage(events, next: nil, coverage: SearchCoverage())
    }
    return try await reading { $0.events(after: position, limit: limit) }
  }

  /// Nil where some of them may be on the disk only.
  private func recent(after position: EventPosition, limit: Int) -> [StoredEvent]? {
    guard lock != nil, position.number >= packedLast else { return nil }
    var found: [StoredEvent] = []
    for write in pending where (write.events.last?.position ?? .start) > position {
      found += write.events.lazy.filter { $0.position > position }
      if found.count >= limit { break }
    }
    return Array(found.prefix(max(1, limit)))
  }

  package nonisolated func event(at position: EventPosition) async throws(BartizanError) -> StoredEvent? {
    try await reading { $0.event(at: position) }
  }

  package nonisolated func status() async throws(BartizanError) -> EventStoreStatus {
    let folder = self.folder
    let known = await pendingTotals()
    return try await reading { $0.status(folder, known: known) }
  }

  /// The sources of what is not packed and in memory, which need not be read for it again.
  private func pendingTotals() -> [PendingName: [Dataset: SourceTotal]] {
    var totals: [PendingName: [Dataset: SourceTotal]] = [:]
    for write in pending {
      var own: [Dataset: SourceTotal] = [:]
      for stored in write.events { own[stored.event.dataset, default: SourceTotal()].add(1, stored.event.size) }
      totals[PendingName(day: write.day, row: write.row)] = own
    }
    return totals
  }

  package nonisolated func verify() async throws(BartizanError) -> EventStoreVerification {
    try await reading { $0.verify() }
  }

  // MARK: Deleting

  package func prune(_ rules: RetentionRules, isTrial: Bool) async throws(BartizanError) -> PruneReport {
    if !isTrial {
      try checkWritable()
      while let running = maintenance { _ = await running.value }
    }
    let status = try await self.status()
    let today = rules.now.date
    var items: [PruneReport.Item] = []
    var gone: Set<CalendarDate> = []
    for day in status.days where day.day < today {
      let blocks = try blocks(of: day.day)
      let sources = Dictionary(grouping: blocks, by: \.summary.dataset)
      guard !sources.isEmpty, !pending.contains(where: { $0.day == day.day }) else { continue }
      let expired = sources.filter { Self.isExpired(day.day, rules.sources[$0.key] ?? rules.age, rules.now) }
      guard !expired.isEmpty else { continue }
      if expired.count == sources.count {
        items.append(
          PruneReport.Item(day: day.day, dataset: nil, events: day.events, bytes: day.storedBytes, reason: .age))
        gone.insert(day.day)
        continue
      }
      for (dataset, own) in expired.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        let share =
          day.rawBytes == 0 ? 0 : Double(own.reduce(0) { $0 + $1.summary.rawBytes }) / Double(day.rawBytes)
        items.append(
          PruneReport.Item(
            day: day.day, dataset: dataset, events: own.reduce(0) { $0 + $1.summary.events },
            bytes: Int(Double(day.storedBytes) * share), reason: .source))
        if !isTrial { try await delete(own.map(\.id), of: day.day) }
      }
    }
    var remaining = status.storedBytes - items.reduce(0) { $0 + $1.bytes }
    if let size = rules.size {
      for day in status.days where remaining > size && day.day < today && !gone.contains(day.day) {
        items.append(
          PruneReport.Item(day: day.day, dataset: nil, events: day.events, bytes: day.storedBytes, reason: .size))
        gone.insert(day.day)
        remaining -= day.storedBytes
      }
    }
    if !isTrial {
      // Days whose files somebody else deleted, and which would have gone by now, are missed no longer.
      for day in try folder.missingDays(try folder.days()) where Self.isExpired(day, rules.age, rules.now) {
        try folder.delete(day)
      }
      for day in gone.sorted() {
        try? queues[day]?.close()
        queues[day] = nil
        try folder.delete(day)
        index.remove(day)
        let lost = pending.filter { $0.day == day }
        pending.removeAll { $0.day == day }
        for write in lost {
          pendingKeys.subtract(write.keys.compactMap { $0 })
          pendingEvents -= write.events.count
          pendingBytes -= write.rawBytes
        }
      }
    }
    return PruneReport(items: items, remaining: max(0, remaining))
  }

  /// Whether all that was received on a day is older than an age.
  private static func isExpired(_ day: CalendarDate, _ age: Int64?, _ now: Timestamp) -> Bool {
    guard let age, let end = Timestamp(seconds: Int64(day.days + 1) * 86_400) else { return false }
    let (limit, over) = now.nanoseconds.subtractingReportingOverflow(age)
    return !over && end.nanoseconds <= limit
  }

  private func blocks(of day: CalendarDate) throws(BartizanError) -> [(id: Int64, summary: EventBlock.Summary)] {
    let queue = try folder.read(day)
    defer { try? queue.close() }
    do { return try queue.inDatabase { try EventDayTables($0).blocks() } } catch {
      throw EventFolder.error(error, folder.file(of: day))
    }
  }

  private func delete(_ blocks: [Int64], of day: CalendarDate) async throws(BartizanError) {
    let queue = try queue(of: day)
    do {
      try await queue.write { database in
        for block in blocks { try EventDayTables(database).deleteBlock(block) }
      }
      try await queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA incremental_vacuum") }
      _ = try await queue.writeWithoutTransaction { try $0.checkpoint(.truncate) }
    } catch {
      throw EventFolder.error(error, folder.file(of: day))
    }
    for block in blocks { index.remove(day, block) }
  }

  // MARK: Ending

  package func close() async throws(BartizanError) {
    guard let lock, !isClosed else { return }
    while isWriting || maintenance != nil {
      if let running = maintenance { _ = await running.value } else { await Task.yield() }
    }
    isClosed = true
    defer { lock.release() }
    for (day, queue) in queues {
      do {
        // What packing left free goes back to the file system.
        try await queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA incremental_vacuum") }
        _ = try await queue.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        try queue.close()
      } catch {
        throw EventFolder.error(error, folder.file(of: day))
      }
    }
    queues = [:]
  }
}

/// What one write of a day is made of.
private struct PendingRecordsBuilder {
  private var records = PendingRecords()
  private(set) var events: [StoredEvent] = []
  private var least = Int64.max
  private var greatest = Int64.min
  private var receivedAt = Int64.max

  var keys: [EventKey?] { records.keys }

  /// - Parameters: events that will be added, and bytes of their originals.
  init(count: Int, bytes: Int) {
    records.records.reserve(count, bytes: bytes)
    records.keys.reserveCapacity(count)
    events.reserveCapacity(count)
  }

  mutating func add(_ event: Event, _ key: EventKey?, at position: Int64, received: Timestamp) {
    let event = event.ingested == nil ? event.received(at: received) : event
    records.records.add(event, at: position)
    records.keys.append(key)
    events.append(StoredEvent(event, at: EventPosition(position)))
    let moment = (event.time ?? received).nanoseconds
    least = min(least, moment)
    greatest = max(greatest, moment)
    receivedAt = min(receivedAt, received.nanoseconds)
  }

  func content() throws(DocumentError) -> [UInt8] { try records.bytes() }

  var row: EventDayTables.PendingRow {
    EventDayTables.PendingRow(
      id: 0, events: events.count, rawBytes: records.records.rawBytes, least: least, greatest: greatest,
      firstPosition: events.first?.position.number ?? 0, lastPosition: events.last?.position.number ?? 0,
      receivedAt: receivedAt)
  }
}
