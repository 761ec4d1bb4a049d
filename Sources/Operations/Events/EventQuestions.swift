package import Events
import Findings
package import Store

/// Where questions about events go: logs as files, or a store.
package enum EventQuestions: Sendable {
  case files(EventFiles)
  case store(any EventStore)

  /// Events that are asked for at once where all are wanted.
  private static let pageEvents = 4_096

  /// The events that match, in the order of their time.
  package func events(
    _ question: EventQuestion, _ wanted: EventFileSearch.Wanted, reveals: Bool
  ) async throws -> FoundEvents {
    switch self {
    case .files(let files): return try EventFileSearch(files, question.selection, reveals: reveals).events(wanted)
    case .store(let store):
      var found = FoundEvents()
      let most: Int
      let order: EventSearch.Order
      switch wanted {
      case .all: (most, order) = (.max, .oldestFirst)
      case .earliest(let count): (most, order) = (count, .oldestFirst)
      case .latest(let count): (most, order) = (count, .newestFirst)
      }
      var cursor: EventCursor?
      repeat {
        let page = try await store.search(
          EventSearch(
            question.selection, order: order, limit: min(most - found.events.count, Self.pageEvents), after: cursor))
        found.events += page.events.map { Self.found($0, reveals: reveals) }
        found.reading.merge(page.coverage)
        cursor = page.next
        try Task.checkCancellation()
      } while cursor != nil && found.events.count < most
      if order == .newestFirst { found.events.reverse() }
      found.matches = cursor == nil ? found.events.count : nil
      return found
    }
  }

  private static func found(_ stored: StoredEvent, reveals: Bool) -> FoundEvent {
    FoundEvent(id: .position(stored.position), event: reveals ? stored.event : stored.event.masked())
  }

  /// Counts and measures what matches.
  package func statistics(
    _ question: EventQuestion, _ request: StatisticsRequest, reveals: Bool
  ) async throws -> CountedEvents {
    switch self {
    case .files(let files):
      return try EventFileSearch(files, question.selection, reveals: reveals).statistics(request)
    case .store(let store):
      guard reveals || !request.mayReveal else {
        var counted = CountedEvents(statistics: Statistics(request))
        counted.reading = try await Self.each(store, question) { counted.statistics.add($0.masked()) }
        return counted
      }
      let answer = try await store.statistics(request, of: question.selection)
      var counted = CountedEvents(statistics: answer.statistics)
      counted.reading.merge(answer.coverage)
      return counted
    }
  }

  /// The fields of what matches.
  package func fields(_ question: EventQuestion, reveals: Bool) async throws -> CountedFields {
    switch self {
    case .files(let files): return try EventFileSearch(files, question.selection, reveals: reveals).fields()
    case .store(let store):
      var counted = CountedFields(census: FieldCensus())
      counted.reading = try await Self.each(store, question) { counted.census.add(reveals ? $0 : $0.masked()) }
      return counted
    }
  }

  /// What becomes of the fields of each source.
  package func sources(_ question: EventQuestion) async throws -> CoveredSources {
    switch self {
    case .files(let files): return try EventFileSearch(files, question.selection, reveals: false).sources()
    case .store(let store):
      var covered = CoveredSources(coverage: FieldCoverage())
      covered.reading = try await Self.each(store, question) { covered.coverage.add($0) }
      return covered
    }
  }

  private static func each(
    _ store: any EventStore, _ question: EventQuestion, _ body: (Event) -> Void
  ) async throws -> EventReading {
    var reading = EventReading()
    var cursor: EventCursor?
    repeat {
      let page = try await store.search(
        EventSearch(question.selection, order: .oldestFirst, limit: pageEvents, after: cursor))
      for stored in page.events { body(stored.event) }
      reading.merge(page.coverage)
      cursor = page.next
      try Task.checkCancellation()
    } while cursor != nil
    return reading
  }
}

extension EventReading {
  /// Adds what a page of a store rests on.
  mutating func merge(_ coverage: SearchCoverage) {
    events += coverage.examined
    for problem in coverage.problems where !problems.contains(problem) { problems.append(problem) }
  }
}
