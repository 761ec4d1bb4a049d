package import Bytes

/// What to count and measure of the matching events.
package struct StatisticsRequest: Sendable {
  /// One number or list to compute for each group. Events without the field do not count.
  package enum Measure: Sendable {
    case count
    case sum(FieldReference)
    case min(FieldReference)
    case max(FieldReference)
    case average(FieldReference)
    /// Percentiles, each given as a percentage.
    case percentiles(FieldReference, [Double])
    /// Number of distinct values.
    case distinct(FieldReference)
    /// The most frequent values.
    case top(FieldReference, Int)
  }

  /// Fields to group by. An event with several values of a field counts in each group.
  package var groups: [FieldReference]
  /// Width of time buckets in nanoseconds; nil to use none.
  package var bucket: Int64?
  package var measures: [Measure]
  /// Maximum number of groups in the result, largest first; nil for all.
  package var rows: Int?

  package init(
    groups: [FieldReference] = [], bucket: Int64? = nil, measures: [Measure] = [.count], rows: Int? = nil
  ) {
    self.groups = groups
    self.bucket = bucket
    self.measures = measures
    self.rows = rows
  }

  /// Whether the number of events and their time is all that is asked for.
  package var onlyCounts: Bool {
    groups.isEmpty && measures.allSatisfy { if case .count = $0 { true } else { false } }
  }

  /// Where the bucket of a moment starts; nil without buckets.
  func start(of moment: Timestamp) -> Int64? {
    guard let bucket, bucket > 0 else { return nil }
    return moment.nanoseconds - TimeExpression.elapsed(moment.nanoseconds, of: bucket)
  }
}

/// Counts and measures events as they arrive. Two instances for the same request can be merged, so that blocks can be
/// counted concurrently.
package struct Statistics: Sendable {
  /// Maximum number of groups; events of further ones are counted together.
  private static let mostGroups = 100_000
  /// Maximum number of groups that one event counts in.
  private static let mostCombinations = 64

  /// The measures of one group, in the order in which they were asked for.
  package struct Row: Sendable {
    /// Values of the grouping fields in order; nil where the event has none.
    package let values: [String?]
    /// Start of the time bucket; nil without buckets, and for events without a time.
    package let start: Timestamp?
    package let count: Int
    package let measures: [Result]

    package init(values: [String?], start: Timestamp?, count: Int, measures: [Result]) {
      self.values = values
      self.start = start
      self.count = count
      self.measures = measures
    }
  }

  /// The value of one measure.
  package enum Result: Sendable, Equatable {
    case count(Int)
    /// Nil where no event has a number.
    case number(Double?)
    /// - Parameter isApproximate: within half a percent, for more than 65,536 values.
    case percentiles([(hundredth: Double, value: Double)], isApproximate: Bool)
    /// - Parameter isCut: whether there are more.
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
  /// Number of events.
  package private(set) var total = 0
  /// Number of events in groups beyond the limit.
  package private(set) var omitted = 0
  private var groups: [Key: Group] = [:]

  package init(_ request: StatisticsRequest) { self.request = request }

  package mutating func add(_ event: Event) {
    total += 1
    let start = event.moment.flatMap { request.start(of: $0) }
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

  /// Adds events of which nothing but their number and their time is known.
  ///
  /// - Parameters:
  ///   - count: at least one.
  ///   - moment: all of them lie in the bucket of this moment.
  package mutating func add(_ count: Int, at moment: Timestamp) {
    total += count
    let key = Key(values: [], start: request.start(of: moment))
    if groups[key] == nil {
      guard groups.count < Self.mostGroups else {
        omitted += count
        return
      }
      groups[key] = Group(measures: request.measures.map { Accumulator($0) })
    }
    groups[key]?.count += count
    for index in request.measures.indices { groups[key]?.measures[index].add(events: count) }
  }

  /// Adds the counts of another instance for the same request and other events.
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

  /// By time if there are buckets, then largest first, then by value.
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

  /// What has come out so far.
  package var result: StatisticsResult {
    StatisticsResult(request, total: total, omitted: omitted, groupCount: groups.count, rows: rows)
  }
}

/// What counting and measuring came to.
package struct StatisticsResult: Sendable {
  package let request: StatisticsRequest
  /// Number of events.
  package let total: Int
  /// Number of events in groups beyond the limit.
  package let omitted: Int
  /// Number of all groups, of which `rows` may show some.
  package let groupCount: Int
  package let rows: [Statistics.Row]

  package init(
    _ request: StatisticsRequest, total: Int, omitted: Int, groupCount: Int, rows: [Statistics.Row]
  ) {
    self.request = request
    self.total = total
    self.omitted = omitted
    self.groupCount = groupCount
    self.rows = rows
  }
}

extension Event {
  /// The time of the event, or else that of its receipt.
  package var moment: Timestamp? { time ?? ingested }
}
