import Bytes
package import Events
package import Store

/// Questions to logs as files, without a store.
package struct EventFileSearch: Sendable {
  package let files: EventFiles
  package let selection: EventSelection
  /// Whether secrets in originals are shown.
  package let reveals: Bool

  package init(_ files: EventFiles, _ selection: EventSelection, reveals: Bool) {
    self.files = files
    self.selection = selection
    self.reveals = reveals
  }

  /// Which of the events that match are wanted.
  package enum Wanted: Sendable {
    case all
    /// The last ones by time.
    case latest(Int)
    /// The first ones by time.
    case earliest(Int)
  }

  /// The events that match, in the order of their time; those without one stay behind the event before them.
  package func events(_ wanted: Wanted) throws -> FoundEvents {
    var found = FoundEvents()
    var count = 0
    var buffer = Buffer(wanted)
    var place = 0
    var last: (file: String, moment: Int64)?
    let isBounded = selection.time.since != nil || selection.time.until != nil
    found.reading = try files.read { piece in
      var matches: [(event: Event, moment: Int64, place: Int)] = []
      for event in piece.batch.events {
        place += 1
        if let moment = event.moment {
          last = (piece.file, moment.nanoseconds)
        } else if isBounded {
          found.timeless += 1
          continue
        }
        guard selection.contains(event) else { continue }
        count += 1
        let moment = last.flatMap { $0.file == piece.file ? $0.moment : nil } ?? .min
        matches.append((event, moment, place))
      }
      // A few events do not keep the bytes of all around them in memory.
      let isSparse = matches.count * 4 < piece.batch.count
      for (event, moment, place) in matches {
        buffer.add(moment, place) {
          FoundEvent(id: .line(event.line, file: piece.file), event: isSparse ? event.detached() : event)
        }
      }
    }
    found.matches = count
    found.events = buffer.sorted
    if !reveals { found.events = found.events.map { FoundEvent(id: $0.id, event: $0.event.masked()) } }
    return found
  }

  /// Counts and measures what matches.
  package func statistics(_ request: StatisticsRequest) throws -> CountedEvents {
    var statistics = Statistics(request)
    let masks = !reveals && request.mayReveal
    let (reading, timeless) = try each { statistics.add(masks ? $0.masked() : $0) }
    return CountedEvents(statistics: statistics.result, timeless: timeless, reading: reading)
  }

  /// The fields of what matches.
  ///
  /// - Parameter values: number of the most frequent values of a field.
  package func fields(values: Int) throws -> CountedFields {
    var census = FieldCensus()
    let (reading, timeless) = try each { census.add(reveals ? $0 : $0.masked()) }
    return CountedFields(census: census.summary(values: values), timeless: timeless, reading: reading)
  }

  /// The templates of the messages of what matches.
  package func templates() throws -> MinedTemplates {
    var census = TemplateCensus()
    let (reading, timeless) = try each { census.add(reveals ? $0 : $0.masked()) }
    return MinedTemplates(census: census, timeless: timeless, reading: reading)
  }

  /// Visits every event that matches.
  ///
  /// - Returns: what was read, and how many events a range of time leaves out because they have no time.
  private func each(_ body: (Event) -> Void) throws -> (reading: EventReading, timeless: Int) {
    var timeless = 0
    let isBounded = selection.time.since != nil || selection.time.until != nil
    let reading = try files.read { piece in
      for event in piece.batch.events {
        if isBounded, event.moment == nil { timeless += 1 }
        if selection.contains(event) { body(event) }
      }
    }
    return (reading, timeless)
  }

  /// What becomes of the fields of each source.
  package func sources() throws -> CoveredSources {
    var covered = CoveredSources(coverage: FieldCoverage())
    covered.reading = try files.read { piece in
      for event in piece.batch.events where selection.contains(event) { covered.coverage.add(event) }
    }
    return covered
  }

  /// Keeps the wanted events of those that come by.
  private struct Buffer {
    private let wanted: Wanted
    private var kept: [(moment: Int64, place: Int, event: FoundEvent)] = []
    /// The bound that an event must pass; nil until there are enough.
    private var bound: (moment: Int64, place: Int)?

    init(_ wanted: Wanted) { self.wanted = wanted }

    mutating func add(_ moment: Int64, _ place: Int, _ event: () -> FoundEvent) {
      switch wanted {
      case .all: break
      case .latest:
        if let bound, (moment, place) <= bound { return }
      case .earliest:
        if let bound, (moment, place) >= bound { return }
      }
      kept.append((moment, place, event()))
      trim(atLeast: 2)
    }

    /// Drops what is not wanted, once there is a multiple of it.
    private mutating func trim(atLeast times: Int) {
      let most: Int
      switch wanted {
      case .all: return
      case .latest(let count), .earliest(let count): most = max(1, count)
      }
      guard kept.count > most.multipliedReportingOverflow(by: times).partialValue else { return }
      kept.sort { ($0.moment, $0.place) < ($1.moment, $1.place) }
      if case .latest = wanted {
        kept.removeFirst(kept.count - most)
        bound = kept.first.map { ($0.moment, $0.place) }
      } else {
        kept.removeLast(kept.count - most)
        bound = kept.last.map { ($0.moment, $0.place) }
      }
    }

    var sorted: [FoundEvent] {
      var copy = self
      copy.trim(atLeast: 1)
      copy.kept.sort { ($0.moment, $0.place) < ($1.moment, $1.place) }
      return copy.kept.map(\.event)
    }
  }
}

extension StatisticsRequest {
  /// Whether the result can contain texts from within originals, which may be secret.
  var mayReveal: Bool {
    func isOpen(_ field: FieldReference) -> Bool { field.field?.column == nil }
    return groups.contains(where: isOpen)
      || measures.contains { measure in
        switch measure {
        case .count, .distinct: false
        // A secret may be a number.
        case .sum(let field), .average(let field), .percentiles(let field, _), .min(let field), .max(let field),
          .top(let field, _):
          isOpen(field)
        }
      }
  }
}
