package import Events
import Findings
package import Store

/// Where questions about events go: logs as files, a store, or a server.
package enum EventQuestions: Sendable {
  case files(EventFiles)
  case store(any EventStore)
  case server(EventServerClient)

  /// Events that are asked for at once where all are wanted.
  private static let pageEvents = 4_096

  /// The events that match, in the order of their time.
  package func events(
    _ question: EventQuestion, _ wanted: EventFileSearch.Wanted, reveals: Bool
  ) async throws -> FoundEvents {
    if case .files(let files) = self {
      return try EventFileSearch(files, question.selection, reveals: reveals).events(wanted)
    }
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
      let page = try await page(
        question, order, limit: min(most - found.events.count, Self.pageEvents), after: cursor, reveals: reveals)
      found.events += page.events
      found.reading.merge(page.reading)
      cursor = page.next
      try Task.checkCancellation()
    } while cursor != nil && found.events.count < most
    if order == .newestFirst { found.events.reverse() }
    found.matches = cursor == nil ? found.events.count : nil
    return found
  }

  /// One page of the events that match.
  ///
  /// - Throws: `usage` for files, which have no pages.
  package func page(
    _ question: EventQuestion, _ order: EventSearch.Order, limit: Int, after cursor: EventCursor?, reveals: Bool
  ) async throws -> FoundPage {
    switch self {
    case .files: throw BartizanError(.usage, "files are not read in pages")
    case .store(let store):
      let page = try await store.search(
        EventSearch(question.selection, order: order, limit: limit, after: cursor))
      var reading = EventReading()
      reading.merge(page.coverage)
      return FoundPage(
        events: page.events.map { stored in
          FoundEvent(id: .position(stored.position), event: reveals ? stored.event : stored.event.masked())
        }, next: page.next, reading: reading)
    case .server(let client):
      return try await client.page(question, order, limit: limit, after: cursor, reveals: reveals)
    }
  }

  /// One event of a store; nil where there is none at the position, or no longer.
  ///
  /// - Throws: `usage` for files, whose events have no positions.
  package func event(at position: EventPosition, reveals: Bool) async throws -> Event? {
    switch self {
    case .files: throw BartizanError(.usage, "events of files have no positions")
    case .store(let store):
      return try await store.event(at: position).map { reveals ? $0.event : $0.event.masked() }
    case .server(let client): return try await client.event(at: position, reveals: reveals)
    }
  }

  /// Counts and measures what matches.
  package func statistics(
    _ question: EventQuestion, _ wanted: StatisticsQuestion, reveals: Bool
  ) async throws -> CountedEvents {
    let request = try wanted.request(.options)
    switch self {
    case .files(let files):
      return try EventFileSearch(files, question.selection, reveals: reveals).statistics(request)
    case .store(let store):
      guard reveals || !request.mayReveal && !question.selection.isMasked else {
        var statistics = Statistics(request)
        let reading = try await each(question) { statistics.add($0.masked()) }
        return CountedEvents(statistics: statistics.result, reading: reading)
      }
      let answer = try await store.statistics(request, of: question.selection)
      var reading = EventReading()
      reading.merge(answer.coverage)
      return CountedEvents(statistics: answer.statistics.result, reading: reading)
    case .server(let client):
      return try await client.statistics(question, wanted, request, reveals: reveals)
    }
  }

  /// The fields of what matches.
  ///
  /// - Parameter values: number of the most frequent values of a field.
  package func fields(_ question: EventQuestion, values: Int, reveals: Bool) async throws -> CountedFields {
    switch self {
    case .files(let files):
      return try EventFileSearch(files, question.selection, reveals: reveals).fields(values: values)
    case .store:
      var census = FieldCensus()
      let reading = try await each(question) { census.add(reveals ? $0 : $0.masked()) }
      return CountedFields(census: census.summary(values: values), reading: reading)
    case .server(let client): return try await client.fields(question, values: values, reveals: reveals)
    }
  }

  /// The templates of the messages of what matches; those of a server without their secrets.
  package func templates(_ question: EventQuestion, reveals: Bool) async throws -> MinedTemplates {
    if case .files(let files) = self {
      return try EventFileSearch(files, question.selection, reveals: reveals).templates()
    }
    var census = TemplateCensus()
    let reading = try await each(question) { census.add(reveals ? $0 : $0.masked()) }
    return MinedTemplates(census: census, reading: reading)
  }

  /// What becomes of the fields of each source.
  package func sources(_ question: EventQuestion) async throws -> CoveredSources {
    switch self {
    case .files(let files): return try EventFileSearch(files, question.selection, reveals: false).sources()
    case .store, .server:
      var covered = CoveredSources(coverage: FieldCoverage())
      covered.reading = try await each(question) { covered.coverage.add($0) }
      return covered
    }
  }

  /// Visits every event that matches; those of a server without their secrets.
  private func each(_ question: EventQuestion, _ body: (Event) -> Void) async throws -> EventReading {
    var reading = EventReading()
    var cursor: EventCursor?
    let reveals = if case .store = self { true } else { false }
    repeat {
      let page = try await page(
        question, .oldestFirst, limit: Self.pageEvents, after: cursor, reveals: reveals)
      for found in page.events { body(found.event) }
      reading.merge(page.reading)
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

  /// Adds what another page rests on.
  mutating func merge(_ other: EventReading) {
    events += other.events
    for problem in other.problems where !problems.contains(problem) { problems.append(problem) }
  }
}
