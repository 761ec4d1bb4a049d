package import Bytes

/// What is to be counted and measured of the events that match.
package struct StatisticsRequest: Sendable {
  package enum Measure: Sendable {
    case count
    case sum(FieldReference)
    case min(FieldReference)
    case max(FieldReference)
    case average(FieldReference)
    /// Values below which so many hundredths of them lie.
    case percentiles(FieldReference, [Double])
    /// How many different values.
    case distinct(FieldReference)
    /// The most frequent values.
    case top(FieldReference, Int)
  }

  /// Events are counted apart by the values of these; one that has several values counts in each.
  package var groups: [FieldReference]
  /// Nanoseconds of a span of time by which events are counted apart; nil: not by time.
  package var bucket: Int64?
  package var measures: [Measure]
  /// Groups in the answer at most, the largest first; nil: all.
  package var rows: Int?

  package init(
    groups: [FieldReference] = [], bucket: Int64? = nil, measures: [Measure] = [.count], rows: Int? = nil
  ) {
    self.groups = groups
    self.bucket = bucket
    self.measures = measures
    self.rows = rows
  }
}

/// Counts and measures events as they come. Two of the same request can be merged, so that blocks are counted side by
/// side.
package struct Statistics: Sendable {
  /// Groups that are kept at most. Events of others are counted together.
  private static let mostGroups = 100_000
  /// Combinations of values that one event counts in at most.
  private static let mostCombinations = 64

  package struct Row: Sendable {
    /// Values of the groups in their order; nil where the event has none.
    package let values: [String?]
    /// Begin of the span of time; nil where time does not count, and for events without time.
    package let start: Timestamp?
    package let count: Int
    package let measures: [Result]
  }

  package enum Result: Sendable, Equatable {
    case count(Int)
    /// Nil where no event has a number.
    case number(Double?)
    /// - Parameter isApproximate: within half a hundredth, for more than 65,536 values.
    case percentiles([(hundredth: Double, value: Double)], isApproximate: Bool)
    /// - Parameter isCut: there are more.
    case distinct(Int, isCut: Bool)
    case top([(value: String, count: Int)], isCut: Bool)

    package static func == (a: Result, b: Result) -> Bool {
      switch (a, b) {
      case (.count(let x), .count(let y)): x == y
      case (.number(let x), .number(let y)): x == y
      case (.percentiles(let x, let p), .percentiles(let y, let q)):
        p == q && x.elementsEqual(y) { $0.hundredth == $1.hundredth && $0.value == $1.value }
      case (.distinct(let x, let p), .distinct(let y, let q)): x == y && p == q
      case (.top(let x, let p), .top(let y, let q)):
        p == q && x.elementsEqual(y) { $0.value == $1.value && $0.count == $1.count }
      default: false
      }
    }
  }

  private struct Key: Hashable {
    var values: [String?]
    var start: Int64?
  }

  private struct Group: Sendable {
    var count = 0
    var measures: [Accumulator]
  }

  package let request: StatisticsRequest
  /// Events that were counted.
  package private(set) var total = 0
  /// Events whose group is not kept, since there are too many.
  package private(set) var omitted = 0
  private var groups: [Key: Group] = [:]

  package init(_ request: StatisticsRequest) { self.request = request }

  package mutating func add(_ event: Event) {
    total += 1
    var start: Int64?
    if let bucket = request.bucket, bucket > 0, let time = event.moment {
      let remainder = time.nanoseconds % bucket
      start = time.nanoseconds - (remainder < 0 ? remainder + bucket : remainder)
    }
    var keys: [[String?]] = [[]]
    for field in request.groups {
      var texts: [String?] = []
      for value in field.values(event) where !texts.contains(value.text) { texts.append(value.text) }
      if texts.isEmpty { texts = [nil] }
      keys = keys.flatMap { key in texts.map { key + [$0] } }
      if keys.count > Self.mostCombinations { keys.removeLast(keys.count - Self.mostCombinations) }
    }
    let measured = request.measures.map { Accumulator.values($0, event) }
    var isOmitted = false
    for values in keys {
      let key = Key(values: values, start: start)
      if groups[key] == nil {
        guard groups.count < Self.mostGroups else {
          isOmitted = true
          continue
        }
        groups[key] = Group(measures: request.measures.map { Accumulator($0) })
      }
      groups[key]?.count += 1
      for index in measured.indices { groups[key]?.measures[index].add(measured[index]) }
    }
    if isOmitted { omitted += 1 }
  }

  /// Adds what another has counted of other events, for the same request.
  package mutating func merge(_ other: Statistics) {
    total += other.total
    omitted += other.omitted
    for (key, group) in other.groups {
      if groups[key] != nil {
        groups[key]?.count += group.count
        for index in group.measures.indices { groups[key]?.measures[index].merge(group.measures[index]) }
      } else if groups.count < Self.mostGroups {
        groups[key] = group
      } else {
        omitted += group.count
      }
    }
  }

  /// By time where time counts, then the largest first, then by value.
  package var rows: [Row] {
    var rows: [Row] = []
    for (key, group) in groups {
      rows.append(
        Row(
          values: key.values, start: key.start.map { Timestamp(nanoseconds: $0) }, count: group.count,
          measures: group.measures.map(\.result)))
    }
    rows.sort { a, b in
      if a.start != b.start { return (a.start?.nanoseconds ?? .min) < (b.start?.nanoseconds ?? .min) }
      if a.count != b.count { return a.count > b.count }
      for (x, y) in zip(a.values, b.values) where x != y { return (x ?? "") < (y ?? "") }
      return false
    }
    guard let most = request.rows, rows.count > most else { return rows }
    return Array(rows.prefix(most))
  }

  /// Groups that there are, of which `rows` shows some.
  package var groupCount: Int { groups.count }
}

extension Event {
  /// When it happened, or else when it was received.
  package var moment: Timestamp? { time ?? ingested }
}
