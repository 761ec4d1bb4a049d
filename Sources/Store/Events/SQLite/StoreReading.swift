import Bytes
import Events
import Findings
import GRDB

/// One question to a store, over the state that it had when the question began: later writes do not change the answer,
/// and an event that is packed meanwhile is found once.
final class StoreReading {
  private struct Day {
    let day: CalendarDate
    let file: String
    let queue: DatabaseQueue
  }

  /// A block, or a write that is not packed yet.
  private struct Candidate {
    let day: Int
    let id: Int64
    let isPending: Bool
    let dataset: Dataset?
    let events: Int
    let least: Int64
    let greatest: Int64
    let firstPosition: Int64
    let lastPosition: Int64
  }

  private var days: [Day] = []
  private(set) var coverage = SearchCoverage()

  /// Opens all days. A file that is damaged becomes a problem.
  ///
  /// - Throws: where the folder cannot be read.
  init(_ folder: EventFolder) throws(BartizanError) {
    let present = try folder.days()
    coverage.problems += try folder.missingDays(present).map(folder.missing)
    for day in present {
      do throws(BartizanError) {
        days.append(Day(day: day, file: folder.file(of: day), queue: try folder.read(day)))
      } catch {
        // Retention may have deleted it since the folder was listed.
        if error.code != .storeDamaged, !EventFolder.exists(folder.file(of: day)) { continue }
        problem(folder.file(of: day), error)
      }
    }
  }

  private func problem(_ file: String, _ error: BartizanError) {
    let prefix = file + ": "
    let message = error.message.hasPrefix(prefix) ? String(error.message.dropFirst(prefix.count)) : error.message
    coverage.problems.append(
      Problem(
        code: "damaged", location: Location(file: file), message: "\(message); what else there is was searched"))
  }

  // MARK: Candidates

  private func candidates() -> [Candidate] {
    var all: [Candidate] = []
    for (index, day) in days.enumerated() {
      do {
        all += try day.queue.inDatabase { database in
          let tables = EventDayTables(database)
          let blocks = try tables.blocks().map { block in
            Candidate(
              day: index, id: block.id, isPending: false, dataset: block.summary.dataset, events: block.summary.events,
              least: block.summary.least, greatest: block.summary.greatest,
              firstPosition: block.summary.firstPosition, lastPosition: block.summary.lastPosition)
          }
          let pending = try tables.pendingRows().map { row in
            Candidate(
              day: index, id: row.id, isPending: true, dataset: nil, events: row.events, least: row.least,
              greatest: row.greatest, firstPosition: row.firstPosition, lastPosition: row.lastPosition)
          }
          return blocks + pending
        }
      } catch {
        problem(day.file, EventFolder.error(error, day.file))
      }
    }
    return all
  }

  /// Whether a block may hold a match, by the words and values that it contains.
  private func isPossible(_ candidate: Candidate, _ requirement: QueryRequirement) -> Bool {
    switch requirement {
    case .impossible: return false
    case .anything: return true
    default: break
    }
    guard !candidate.isPending else { return true }
    let day = days[candidate.day]
    let bytes = try? day.queue.inDatabase { try EventDayTables($0).part(.filter, of: candidate.id) }
    // Without its filter the block is read.
    guard let bytes, let filter = BinaryFuseFilter(bytes) else { return true }
    return BlockTerms.isPossible(requirement, in: filter)
  }

  private func skip(_ candidate: Candidate, _ selection: EventSelection) {
    coverage.blocksSkipped += 1
    // The filter knows words that are hidden; that it knows one must not show.
    if selection.isMasked { coverage.examined += candidate.events }
  }

  /// The events of a candidate; nil, with a problem, where they are damaged.
  ///
  /// - Parameter selection: events that cannot be in it may be left out.
  private func events(of candidate: Candidate, in selection: EventSelection? = nil) -> [StoredEvent]? {
    let day = days[candidate.day]
    coverage.blocksRead += 1
    do {
      let records = try day.queue.inDatabase { database in
        let tables = EventDayTables(database)
        return candidate.isPending
          ? try tables.pending(candidate.id)?.records : try tables.records(of: candidate.id)
      }
      if let records {
        coverage.examined += candidate.events
        let sieve = selection.flatMap { selection in
          candidate.dataset.flatMap { RecordSieve(selection.query.requirement, of: $0) }
        }
        return records.events(sieve)
      }
      let what =
        candidate.isPending
        ? "write \(candidate.id)" : "block \(candidate.id) of \(candidate.dataset?.rawValue ?? "")"
      coverage.problems.append(
        Problem(
          code: "damaged", location: Location(file: day.file),
          message:
            "\(what) with \(Phrase.count(candidate.events, "event")) from \(Timestamp(nanoseconds: candidate.least).text) to \(Timestamp(nanoseconds: candidate.greatest).text) is damaged; what else there is was searched"
        ))
    } catch {
      problem(day.file, EventFolder.error(error, day.file))
    }
    return nil
  }

  /// Whether the range of time leaves anything of a candidate.
  private static func overlaps(_ candidate: Candidate, _ time: TimeRange) -> Bool {
    if let since = time.since, candidate.greatest < since.nanoseconds { return false }
    if let until = time.until, candidate.least >= until.nanoseconds { return false }
    return true
  }

  /// The candidates that may hold a match.
  private func possible(_ selection: EventSelection) -> [Candidate] {
    let all = candidates()
    // The query's own range is on the time of the event, which a candidate's span contains or exceeds.
    let some = all.filter { Self.overlaps($0, selection.time) && Self.overlaps($0, selection.query.time) }
    coverage.blocksSkipped += all.count - some.count
    return some
  }

  // MARK: Questions

  /// The place of an event in the order of an answer.
  private struct Key: Comparable {
    let major: Int64
    let minor: Int64

    static func < (a: Key, b: Key) -> Bool { (a.major, a.minor) < (b.major, b.minor) }
  }

  /// The first events of an order, from candidates that are sorted by their bound in it.
  private func first(
    _ limit: Int, _ candidates: [(candidate: Candidate, bound: Int64)], _ selection: EventSelection?,
    key: (StoredEvent) -> Key?
  ) -> [StoredEvent] {
    var found: [(key: Key, event: StoredEvent)] = []
    var isSorted = true
    for (place, (candidate, bound)) in candidates.enumerated() {
      if found.count >= limit {
        if !isSorted {
          found.sort { $0.key < $1.key }
          found.removeLast(found.count - limit)
          isSorted = true
        }
        // Nothing of this candidate or of those after it can come before what was found.
        if bound > found[limit - 1].key.major {
          coverage.blocksSkipped += candidates.count - place
          break
        }
      }
      if let selection, !isPossible(candidate, selection.query.requirement) {
        skip(candidate, selection)
        continue
      }
      guard let events = events(of: candidate, in: selection) else { continue }
      var matches: [(key: Key, event: StoredEvent)] = []
      for event in events {
        guard let key = key(event), selection?.contains(event.event) ?? true else { continue }
        if isSorted, found.count >= limit, key >= found[limit - 1].key { continue }
        matches.append((key, event))
      }
      if matches.isEmpty { continue }
      // A few events do not keep the bytes of their whole block in memory.
      let isSparse = matches.count * 4 < events.count
      found += matches.map { match in
        isSparse ? (match.key, StoredEvent(match.event.event.detached(), at: match.event.position)) : match
      }
      isSorted = false
    }
    found.sort { $0.key < $1.key }
    return found.prefix(limit).map(\.event)
  }

  func search(_ search: EventSearch) -> EventPage {
    let isNewest = search.order == .newestFirst
    let cursor = search.cursor
    let possible = self.possible(search.selection).filter { candidate in
      guard let cursor else { return true }
      return isNewest ? candidate.least <= cursor.moment.nanoseconds : candidate.greatest >= cursor.moment.nanoseconds
    }
    // The complement turns the order around without overflow.
    let sorted = possible.map { (candidate: $0, bound: isNewest ? ~$0.greatest : $0.least) }.sorted {
      ($0.bound, $0.candidate.firstPosition) < ($1.bound, $1.candidate.firstPosition)
    }
    // One more tells whether there is another page.
    let (limit, _) = search.limit.addingReportingOverflow(1)
    var events = first(max(1, limit), sorted, search.selection) { stored in
      let place = EventCursor(stored)
      if let cursor {
        guard isNewest ? place < cursor : place > cursor else { return nil }
      }
      let (moment, position) = (place.moment.nanoseconds, place.position.number)
      return isNewest ? Key(major: ~moment, minor: ~position) : Key(major: moment, minor: position)
    }
    let hasMore = events.count > search.limit
    if hasMore { events.removeLast(events.count - search.limit) }
    return EventPage(events, next: hasMore ? events.last.map { EventCursor($0) } : nil, coverage: coverage)
  }

  func events(after position: EventPosition, limit: Int) -> EventPage {
    let possible = candidates().filter { $0.lastPosition > position.number }
    let sorted = possible.map { (candidate: $0, bound: $0.firstPosition) }.sorted { $0.bound < $1.bound }
    let events = first(max(1, limit), sorted, nil) { stored in
      stored.position > position ? Key(major: stored.position.number, minor: 0) : nil
    }
    return EventPage(events, next: nil, coverage: coverage)
  }

  func event(at position: EventPosition) -> StoredEvent? {
    for candidate in candidates()
    where candidate.firstPosition <= position.number && candidate.lastPosition >= position.number {
      if let found = events(of: candidate)?.first(where: { $0.position == position }) { return found }
    }
    return nil
  }

  func statistics(_ request: StatisticsRequest, of selection: EventSelection) -> EventStatistics {
    var statistics = Statistics(request)
    let left = count(possible(selection), request, selection, into: &statistics)
    each(left, selection) { statistics.add($0.event) }
    return EventStatistics(statistics, coverage: coverage)
  }

  /// Counts the blocks of which no event needs to be read, since all are meant and only their time is asked for.
  ///
  /// - Returns: the other ones.
  private func count(
    _ candidates: [Candidate], _ request: StatisticsRequest, _ selection: EventSelection,
    into statistics: inout Statistics
  ) -> [Candidate] {
    let width = request.bucket ?? MinuteCounts.width
    guard request.onlyCounts, width > 0, width % MinuteCounts.width == 0 else { return candidates }
    var left: [Candidate] = []
    var verdicts: [Dataset: Bool] = [:]
    for (index, own) in Dictionary(grouping: candidates, by: \.day).sorted(by: { $0.key < $1.key }) {
      let counts = try? days[index].queue.inDatabase { database in
        try own.map { candidate -> MinuteCounts? in
          guard let dataset = candidate.dataset, Self.isCountable(candidate, selection.time) else { return nil }
          let verdict = verdicts[dataset] ?? selection.query.verdict(on: dataset) ?? false
          verdicts[dataset] = verdict
          guard verdict else { return nil }
          return try EventDayTables(database).part(.minutes, of: candidate.id).flatMap {
            MinuteCounts($0, hour: EventBlock.hour(candidate.least), events: candidate.events)
          }
        }
      }
      for (place, candidate) in own.enumerated() {
        guard let counts = counts?[place] else {
          left.append(candidate)
          continue
        }
        coverage.blocksRead += 1
        coverage.examined += candidate.events
        for minute in counts.minutes {
          let moment = Timestamp(nanoseconds: minute.start)
          if Self.contains(moment, candidate, selection.time) { statistics.add(minute.count, at: moment) }
        }
      }
    }
    return left
  }

  /// Whether the bounds of a range leave whole minutes of a candidate.
  private static func isCountable(_ candidate: Candidate, _ time: TimeRange) -> Bool {
    [time.since, time.until].allSatisfy { bound in
      guard let bound = bound?.nanoseconds, bound > candidate.least, bound <= candidate.greatest else { return true }
      return bound % MinuteCounts.width == 0
    }
  }

  /// Whether a range contains a minute of a countable candidate.
  private static func contains(_ minute: Timestamp, _ candidate: Candidate, _ time: TimeRange) -> Bool {
    // The first minute of a candidate may begin before the range, although none of its events does.
    if let since = time.since, since.nanoseconds > candidate.least, minute < since { return false }
    if let until = time.until, minute >= until { return false }
    return true
  }

  /// Visits every event that matches, in no order.
  func each(_ selection: EventSelection, _ body: (StoredEvent) -> Void) {
    each(possible(selection), selection, body)
  }

  private func each(_ candidates: [Candidate], _ selection: EventSelection, _ body: (StoredEvent) -> Void) {
    for candidate in candidates {
      guard isPossible(candidate, selection.query.requirement) else {
        skip(candidate, selection)
        continue
      }
      guard let events = events(of: candidate, in: selection) else { continue }
      for event in events where selection.contains(event.event) { body(event) }
    }
  }

  // MARK: State

  /// - Parameter known: the sources of writes that are not packed, by day and row, as far as they are in memory.
  func status(_ folder: EventFolder, known: [PendingName: [Dataset: SourceTotal]] = [:]) -> EventStoreStatus {
    var list: [EventStoreStatus.Day] = []
    var sources: [Dataset: SourceTotal] = [:]
    var pendingEvents = 0
    var last: Int64 = 0
    for day in days {
      do {
        try day.queue.inDatabase { database in
          let tables = EventDayTables(database)
          let blocks = try tables.blocks()
          let pending = try tables.pendingRows()
          for block in blocks {
            sources[block.summary.dataset, default: SourceTotal()].add(block.summary.events, block.summary.rawBytes)
          }
          for row in pending {
            if let own = known[PendingName(day: day.day, row: row.id)] {
              for (dataset, total) in own { sources[dataset, default: SourceTotal()].add(total.events, total.rawBytes) }
            } else if let content = try tables.pending(row.id) {
              for stored in content.records.events() {
                sources[stored.event.dataset, default: SourceTotal()].add(1, stored.event.original.count)
              }
            } else {
              coverage.problems.append(
                Problem(
                  code: "damaged", location: Location(file: day.file),
                  message: "write \(row.id) with \(Phrase.count(row.events, "event")) is damaged"))
            }
          }
          pendingEvents += pending.reduce(0) { $0 + $1.events }
          last = max(last, try tables.lastPosition())
          list.append(
            EventStoreStatus.Day(
              day: day.day, events: blocks.reduce(0) { $0 + $1.summary.events } + pending.reduce(0) { $0 + $1.events },
              blocks: blocks.count,
              rawBytes: blocks.reduce(0) { $0 + $1.summary.rawBytes } + pending.reduce(0) { $0 + $1.rawBytes },
              storedBytes: folder.size(of: day.day)))
        }
      } catch {
        problem(day.file, EventFolder.error(error, day.file))
      }
    }
    return EventStoreStatus(
      days: list,
      sources: sources.sorted { $0.key.rawValue < $1.key.rawValue }.map {
        EventStoreStatus.Source(dataset: $0.key, events: $0.value.events, rawBytes: $0.value.rawBytes)
      }, pendingEvents: pendingEvents, last: EventPosition(last), problems: coverage.problems)
  }

  func verify() -> EventStoreVerification {
    var events = 0
    var blocks = 0
    for day in days {
      do {
        let complaints = try day.queue.inDatabase { try String.fetchAll($0, sql: "PRAGMA quick_check(5)") }
        for complaint in complaints where complaint != "ok" {
          coverage.problems.append(
            Problem(code: "damaged", location: Location(file: day.file), message: "SQLite says: \(complaint)"))
        }
      } catch {
        problem(day.file, EventFolder.error(error, day.file))
      }
    }
    for candidate in candidates() {
      if !candidate.isPending { blocks += 1 }
      guard let found = self.events(of: candidate) else { continue }
      events += found.count
      let day = days[candidate.day]
      let spans = found.map { ($0.event.moment ?? Timestamp(nanoseconds: .min)).nanoseconds }
      let isAsSaid =
        found.count == candidate.events && spans.allSatisfy { $0 >= candidate.least && $0 <= candidate.greatest }
      var hasFilter = true
      if !candidate.isPending {
        let part = try? day.queue.inDatabase { try EventDayTables($0).part(.filter, of: candidate.id) }
        hasFilter = part.flatMap { BinaryFuseFilter($0) }.map { Self.holds(found, $0) } ?? false
      }
      if !isAsSaid || !hasFilter {
        coverage.problems.append(
          Problem(
            code: "damaged", location: Location(file: day.file),
            message:
              "block \(candidate.id): \(isAsSaid ? "its filter does not fit its events, so searches may miss them" : "its events are not those that its description tells")"
          ))
      }
    }
    return EventStoreVerification(files: days.count, blocks: blocks, events: events, problems: coverage.problems)
  }

  /// Whether a filter knows every word of the events.
  private static func holds(_ events: [StoredEvent], _ filter: BinaryFuseFilter) -> Bool {
    var terms = TermHashes()
    for event in events { terms.add(event.event) }
    return terms.values.allSatisfy { filter.contains($0) }
  }
}

/// A write that is not packed.
struct PendingName: Hashable, Sendable {
  let day: CalendarDate
  let row: Int64
}

/// What there is of one source.
struct SourceTotal: Sendable {
  private(set) var events = 0
  /// Of the originals.
  private(set) var rawBytes = 0

  mutating func add(_ events: Int, _ rawBytes: Int) {
    self.events += events
    self.rawBytes += rawBytes
  }
}
