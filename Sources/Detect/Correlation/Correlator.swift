package import Bytes

/// A correlation that holds.
package struct CorrelationMatch: Sendable {
  /// Index among the correlations of the rule set.
  package let correlation: Int
  /// When the last event that was needed happened, or the window closed.
  package let time: Timestamp
  /// Whether it begins to hold; otherwise it still does, and `events` are those that joined.
  package let isNew: Bool
  package let events: [DetectedEvent]
}

/// Evaluates correlations over the matches of rules, in the order of the events' own times.
///
/// Matches wait until nothing earlier can arrive any more: `lateness` behind the newest. So late, reordered and repeated
/// events change nothing; what arrives even later is counted in `tooLate`.
///
/// Windows: a correlation that asks for more (`gt`, `gte`, temporal ones without `not`) is judged at each event over the
/// timespan that ends with it. One that asks for less (`lt`, `lte`, `eq`, `neq` of counts, `not`) is judged when the
/// timespan that began with a group's first event has passed; zero events are judged when the timespan after each event
/// has passed without another one.
package struct Correlator: Sendable {
  private struct Pending: Sendable {
    let rule: Int
    let event: DetectedEvent
  }

  private struct Item: Sendable {
    let time: Int64
    let part: Int
    /// Digest of the value.
    let value: UInt64
    let number: Double
    /// Nil where the window shows enough others.
    var event: DetectedEvent?
  }

  /// Digest of the values of a group, wide enough that no two are the same.
  private struct GroupKey: Sendable, Hashable {
    let high: UInt64
    let low: UInt64

    init(_ text: String) {
      high = Correlator.digest(text, 1)
      low = Correlator.digest(text, 2)
    }

    func hash(into hasher: inout Hasher) { hasher.combine(low) }
  }

  private static func digest(_ text: String, _ seed: UInt8) -> UInt64 {
    var text = text
    return text.withUTF8 { bytes in
      var hasher = Hasher()
      hasher.combine(seed)
      hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
      return UInt64(bitPattern: Int64(hasher.finalize()))
    }
  }

  /// The only event of a group whose correlation cannot hold by one event: most groups never have another.
  private struct Single: Sendable {
    let time: Int64
    let value: UInt64
    /// Nil where there are so many that the older ones are only counted.
    var event: DetectedEvent?
  }

  private struct Group: Sendable {
    var items: [Item] = []
    /// Items of the window that hold their event.
    var shown = 0
    /// Numbers of the window in ascending order, where their place matters.
    var sorted: [Double] = []
    /// Sum of the numbers of the window, but for rounding.
    var sum = 0.0
    /// The last event of a window that closes.
    var lastEvent: DetectedEvent?
    /// Items before this one have left the window.
    var first = 0
    var holds = false
    var last = Int64.min
    var counts: [UInt64: Int] = [:]
    var parts: [Int] = []
    /// For each step of an ordered correlation, the chain with the latest beginning.
    var chains: [[DetectedEvent]?] = []
    var closes: Int64?
  }

  /// What a correlation takes from one of the rules that it names.
  private struct Part: Sendable {
    let part: Int
    let groupFields: [String]
    let valueFields: [String]
  }

  fileprivate struct Plan: Sendable {
    let correlation: SigmaCorrelation
    let parts: Int
    let names: [String]
    let isOrdered: Bool
    let isTemporal: Bool
    /// Whether it is judged when its window closes.
    let closes: Bool
    let isAbsence: Bool
    /// Whether one event alone is never enough, and its place among others does not matter.
    let startsSingle: Bool
  }

  private let plans: [Plan]
  /// For each event rule, then each correlation: who takes it.
  private let takers: [[(plan: Int, part: Part)]]
  private let ruleCount: Int
  private var groups: [[GroupKey: Group]]
  private var singles: [[GroupKey: Single]]
  private var singleCount = 0
  /// The latest groups of one event, which hold theirs, in a ring.
  private var shownSingles: [(plan: Int, key: GroupKey)] = []
  private var nextShown = 0
  private var pending: [Pending] = []
  private var newest = Int64.min
  /// The clock: what claims to be later than this does not make anything else late.
  package var present = Int64.max
  private var judged = Int64.min
  private var late: Int64?
  private var expiries: [(time: Int64, plan: Int, group: GroupKey)] = []
  /// Matches that arrived after everything of their time was judged.
  package private(set) var tooLate = 0

  /// Values of windows that were so full that their oldest ones were forgotten.
  package private(set) var forgotten = 0

  /// Maximum number of values that the window of one group keeps.
  private static let mostItems = 1 << 20
  /// Maximum number of events that a window shows.
  private static let mostShown = 1_000
  /// Matches that wait to be put in order before the oldest of them are judged.
  private static let mostPending = 1 << 18
  /// Maximum number of groups of one event. What is older than half of them is forgotten then.
  private static let mostSingles = 1_500_000
  /// Beyond this, groups of one event only keep when it happened; another event makes them hold all the same.
  private static let mostShownSingles = 1 << 16
  /// Groups are looked through for those that have ended whenever their number has doubled beyond this.
  private static let fewGroups = 1 << 14
  private var nextSweep = fewGroups

  /// - Parameter lateness: in nanoseconds; nil to judge everything at the end.
  package init(_ set: RuleSet, lateness: Int64?) {
    late = lateness
    ruleCount = set.rules.count
    var names: [String: Int] = [:]
    for (index, rule) in set.rules.enumerated() {
      names[rule.info.id] = index
      if let name = rule.info.name { names[name] = index }
    }
    for (index, correlation) in set.correlations.enumerated() {
      names[correlation.info.id] = set.rules.count + index
      if let name = correlation.info.name { names[name] = set.rules.count + index }
    }
    var takers = [[(plan: Int, part: Part)]](repeating: [], count: set.rules.count + set.correlations.count)
    var plans: [Plan] = []
    for (index, correlation) in set.correlations.enumerated() {
      let references = correlation.references
      for (number, name) in references.enumerated() {
        guard let source = names[name] else { continue }
        func resolved(_ field: String) -> String {
          for alias in correlation.aliases where alias.name == field {
            if let own = alias.fields.first(where: { $0.rule == name }) { return own.field }
          }
          return field
        }
        takers[source].append(
          (
            index,
            Part(
              part: number, groupFields: correlation.groupBy.map(resolved),
              valueFields: correlation.fields.map(resolved))
          ))
      }
      let isTemporal =
        switch correlation.kind {
        case .temporal, .temporalOrdered, .temporalExtended, .temporalOrderedExtended: true
        default: false
        }
      let isCount = correlation.kind == .eventCount || correlation.kind == .valueCount
      let asksForLess = correlation.bounds.contains { $0.comparison != .greater && $0.comparison != .greaterOrEqual }
      let zero = correlation.bounds.allSatisfy { $0.comparison.holds(0, $0.number) }
      let one = correlation.bounds.allSatisfy { $0.comparison.holds(1, $0.number) }
      let isAbsence = correlation.kind == .eventCount && asksForLess && zero && !one && !correlation.bounds.isEmpty
      plans.append(
        Plan(
          correlation: correlation, parts: references.count, names: references,
          isOrdered: correlation.kind == .temporalOrdered || correlation.kind == .temporalOrderedExtended,
          isTemporal: isTemporal,
          closes: !isAbsence
            && (isCount && asksForLess || isTemporal && (asksForLess || correlation.condition?.hasNot ?? false)),
          isAbsence: isAbsence, startsSingle: isCount && !asksForLess && !one && !correlation.bounds.isEmpty))
    }
    self.plans = plans
    self.takers = takers
    groups = [[GroupKey: Group]](repeating: [:], count: plans.count)
    singles = [[GroupKey: Single]](repeating: [:], count: plans.count)
  }

  /// Whether any correlation takes matches of a rule.
  package func takes(_ rule: Int) -> Bool { !takers[rule].isEmpty }

  /// The fields that correlations want to know of an event that a rule matched, directly or through other correlations.
  package func fields(of rule: Int) -> Set<String> {
    var fields: Set<String> = []
    var open = [rule]
    var seen: Set<Int> = []
    while let source = open.popLast() {
      guard seen.insert(source).inserted else { continue }
      for (plan, part) in takers[source] {
        fields.formUnion(part.groupFields)
        fields.formUnion(part.valueFields)
        open.append(ruleCount + plan)
      }
    }
    return fields
  }

  /// Takes a match of a rule.
  package mutating func add(_ event: DetectedEvent, rule: Int) {
    guard !takers[rule].isEmpty else { return }
    guard event.time.nanoseconds >= judged else {
      tooLate += 1
      return
    }
    newest = max(newest, min(event.time.nanoseconds, present))
    pending.append(Pending(rule: rule, event: event))
  }

  /// Judges everything that is older than the lateness, and the older half of what waits where that is too much: in the
  /// memory of a machine, a river has no end.
  package mutating func advance() -> [CorrelationMatch] {
    guard newest != .min else { return [] }
    if let middle = middleOfTooMany { return judge(before: middle) }
    guard let late else { return [] }
    let until = newest.subtractingReportingOverflow(late)
    guard !until.overflow, until.partialValue > judged, pending.count >= 1_024 else { return [] }
    return judge(before: until.partialValue)
  }

  /// Whether everything of an event's time was judged.
  package func isTooLate(_ event: DetectedEvent) -> Bool { event.time.nanoseconds < judged }

  /// Judges what is older than the lateness at once, which `advance` leaves for when it is worth while.
  ///
  /// - Parameter isIdle: whether the clock counts, as nothing is waiting that happened before.
  package mutating func follow(isIdle: Bool) -> [CorrelationMatch] {
    guard let late else { return [] }
    if isIdle, present != .max { newest = max(newest, present) }
    guard newest != .min else { return [] }
    if let middle = middleOfTooMany { return judge(before: middle) }
    let until = newest.subtractingReportingOverflow(late)
    guard !until.overflow, until.partialValue > judged else { return [] }
    return judge(before: until.partialValue)
  }

  /// Where more waits than may be, the time before which the older half of it is; nil elsewhere.
  private var middleOfTooMany: Int64? {
    guard pending.count >= Self.mostPending else { return nil }
    var times = pending.map(\.event.time.nanoseconds)
    times.sort()
    let middle = times[times.count / 2]
    return middle > judged ? middle : nil
  }

  /// Judges everything, and lets every window pass.
  package mutating func finish() -> [CorrelationMatch] { judge(before: .max) }

  private mutating func judge(before limit: Int64) -> [CorrelationMatch] {
    judged = max(judged, limit)
    var ready: [Pending] = []
    if limit == .max {
      swap(&ready, &pending)
    } else {
      var kept: [Pending] = []
      for item in pending {
        if item.event.time.nanoseconds < limit { ready.append(item) } else { kept.append(item) }
      }
      pending = kept
    }
    // Deliveries and stages of the same thing have the same time and identity.
    ready.sort { a, b in
      let (first, second) = (a.event.time.nanoseconds, b.event.time.nanoseconds)
      if first != second { return first < second }
      if a.rule != b.rule { return a.rule < b.rule }
      let (one, other) = (a.event.identity, b.event.identity)
      return one != other ? one < other : (a.event.source, a.event.line) < (b.event.source, b.event.line)
    }
    var matches: [CorrelationMatch] = []
    var previous: Pending?
    for item in ready {
      if let previous, previous.rule == item.rule, previous.event.time == item.event.time,
        previous.event.identity == item.event.identity
      {
        continue
      }
      previous = item
      expire(before: item.event.time.nanoseconds, &matches)
      give(item.rule, item.event.time.nanoseconds, [item.event], item.event, &matches)
    }
    expire(before: limit, &matches)
    if limit != .max { sweep(before: limit) }
    return matches
  }

  /// Forgets groups whose windows nothing can enter any more.
  private mutating func sweep(before limit: Int64) {
    guard groups.reduce(singleCount, { $0 + $1.count }) >= nextSweep else { return }
    sweepSingles(before: limit)
    for plan in groups.indices {
      let from = limit.subtractingReportingOverflow(plans[plan].correlation.timespan)
      guard !from.overflow else { continue }
      groups[plan] = groups[plan].filter { _, group in
        if group.closes != nil { return true }
        return max(group.last, group.items.last?.time ?? .min) > from.partialValue
          || group.chains.contains { ($0?.last?.time.nanoseconds ?? .min) > from.partialValue }
      }
    }
    nextSweep = min(
      max(Self.fewGroups, 2 * groups.reduce(singleCount) { $0 + $1.count }),
      groups.reduce(0) { $0 + $1.count } + Self.mostSingles)
  }

  private mutating func sweepSingles(before limit: Int64) {
    for plan in singles.indices where !singles[plan].isEmpty {
      let from = limit.subtractingReportingOverflow(plans[plan].correlation.timespan)
      guard !from.overflow else { continue }
      singles[plan] = singles[plan].filter { $0.value.time > from.partialValue }
    }
    singleCount = singles.reduce(0) { $0 + $1.count }
    guard singleCount >= Self.mostSingles * 3 / 4 else { return }
    var times = singles.flatMap { $0.values.lazy.map(\.time) }
    times.sort()
    let from = times[times.count / 2]
    for plan in singles.indices { singles[plan] = singles[plan].filter { $0.value.time > from } }
    let left = singles.reduce(0) { $0 + $1.count }
    forgotten += singleCount - left
    singleCount = left
  }

  /// Notes that a group of one event holds its event; the one that did so longest lets go of its own.
  private mutating func show(_ plan: Int, _ key: GroupKey) {
    guard shownSingles.count == Self.mostShownSingles else {
      shownSingles.append((plan, key))
      return
    }
    let old = shownSingles[nextShown]
    singles[old.plan][old.key]?.event = nil
    shownSingles[nextShown] = (plan, key)
    nextShown = (nextShown + 1) % Self.mostShownSingles
  }

  /// Hands a match of a rule or correlation to those that take it.
  private mutating func give(
    _ source: Int, _ time: Int64, _ events: [DetectedEvent], _ event: DetectedEvent, _ matches: inout [CorrelationMatch]
  ) {
    for (plan, part) in takers[source] {
      var key = ""
      var isThere = part.groupFields.isEmpty
      for field in part.groupFields {
        // A chained match has the fields of its events, the last first.
        let value = event.first(field) ?? events.lazy.reversed().compactMap { $0.first(field) }.first
        if value != nil { isThere = true }
        key += (value.map { SourceAddress.group($0, field) } ?? "") + "\u{0}"
      }
      guard isThere else { continue }
      var value: UInt64 = 0
      var number = 0.0
      if !part.valueFields.isEmpty {
        let values = part.valueFields.map { event.first($0) }
        guard values.allSatisfy({ $0 != nil }) else { continue }
        let text = values.map { $0 ?? "" }.joined(separator: "\u{0}")
        value = Self.digest(text, 0)
        if plans[plan].needsNumber {
          guard let parsed = Double(text), parsed.isFinite else { continue }
          number = parsed
        }
      }
      let item = Item(time: time, part: part.part, value: value, number: number, event: event)
      take(item, plan, GroupKey(key), events, &matches)
    }
  }

  private mutating func take(
    _ item: Item, _ plan: Int, _ key: GroupKey, _ events: [DetectedEvent], _ matches: inout [CorrelationMatch]
  ) {
    let span = plans[plan].correlation.timespan
    if plans[plan].startsSingle, groups[plan][key] == nil {
      let oldest = item.time.subtractingReportingOverflow(span)
      guard let known = singles[plan][key], oldest.overflow || known.time > oldest.partialValue else {
        if singles[plan].updateValue(Single(time: item.time, value: item.value, event: item.event), forKey: key) == nil
        {
          singleCount += 1
        }
        show(plan, key)
        return
      }
      singles[plan][key] = nil
      singleCount -= 1
      var group = Group()
      add(Item(time: known.time, part: 0, value: known.value, number: 0, event: known.event), plan, &group)
      group.last = known.time
      groups[plan][key] = group
    }
    // Taken out while it is changed, so that nothing is copied.
    var group = groups[plan].removeValue(forKey: key) ?? Group()
    var found: (events: [DetectedEvent], isNew: Bool)?
    if plans[plan].isAbsence || plans[plan].closes {
      let isOpen = group.closes.map { item.time < $0 || plans[plan].isAbsence } ?? false
      if plans[plan].isAbsence || !isOpen {
        let end = item.time.addingReportingOverflow(span)
        let closes = end.overflow ? Int64.max : end.partialValue
        group.closes = closes
        group.items = []
        group.shown = 0
        push((closes, plan, key))
      }
      // An absence is of the last event alone.
      group.lastEvent = item.event
      append(item, &group)
    } else if plans[plan].isOrdered {
      found = ordered(item, plan, &group, span, events)
    } else {
      let evicted = item.time.subtractingReportingOverflow(span)
      let from = evicted.overflow ? Int64.min : evicted.partialValue
      let isContinued = group.holds && group.last > from
      add(item, plan, &group)
      evict(plan, &group, from)
      let holds = holds(plan, group)
      if holds, let event = item.event {
        found = isContinued ? ([event], false) : (Self.shown(group, event), true)
      }
      group.holds = holds
      group.last = item.time
      // What can no longer matter is forgotten.
      if group.first > 256, group.first * 2 > group.items.count {
        group.items.removeFirst(group.first)
        group.first = 0
      }
    }
    // An end without a beginning is nothing to remember.
    if found != nil || !plans[plan].isOrdered || group.holds || group.chains.contains(where: { $0 != nil }) {
      groups[plan][key] = group
    }
    if let found, let event = item.event { emit(plan, item.time, found.events, event, isNew: found.isNew, &matches) }
  }

  private mutating func emit(
    _ plan: Int, _ time: Int64, _ events: [DetectedEvent], _ event: DetectedEvent, isNew: Bool,
    _ matches: inout [CorrelationMatch]
  ) {
    matches.append(
      CorrelationMatch(
        correlation: plan, time: Timestamp(nanoseconds: time), isNew: isNew, events: Array(events.prefix(1_000))))
    if isNew { give(ruleCount + plan, time, events, event, &matches) }
  }

  // MARK: Sliding windows

  /// The events of a window: the first of them, and the last.
  private static func shown(_ group: Group, _ last: DetectedEvent) -> [DetectedEvent] {
    var events: [DetectedEvent] = []
    for item in group.items[group.first...].prefix(4 * mostShown) where events.count < mostShown - 1 {
      if let event = item.event, event !== last { events.append(event) }
    }
    return events + [last]
  }

  private func append(_ item: Item, _ group: inout Group) {
    var item = item
    if group.shown >= Self.mostShown { item.event = nil } else if item.event != nil { group.shown += 1 }
    group.items.append(item)
  }

  private func add(_ item: Item, _ plan: Int, _ group: inout Group) {
    append(item, &group)
    switch plans[plan].correlation.kind {
    case .valueSum, .valueAverage: group.sum += item.number
    case .valueMedian, .valuePercentile:
      group.sorted.insert(item.number, at: Self.place(of: item.number, in: group.sorted))
    default: break
    }
    if plans[plan].correlation.kind == .valueCount { group.counts[item.value, default: 0] += 1 }
    if plans[plan].isTemporal {
      while group.parts.count < plans[plan].parts { group.parts.append(0) }
      group.parts[item.part] += 1
    }
  }

  /// The first place in ascending numbers that is not below a number.
  private static func place(of number: Double, in sorted: [Double]) -> Int {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private mutating func evict(_ plan: Int, _ group: inout Group, _ from: Int64) {
    while group.first < group.items.count,
      group.items[group.first].time <= from || group.items.count - group.first > Self.mostItems
    {
      let item = group.items[group.first]
      if item.time > from { forgotten += 1 }
      group.first += 1
      if item.event != nil {
        group.items[group.first - 1].event = nil
        group.shown -= 1
      }
      switch plans[plan].correlation.kind {
      case .valueSum, .valueAverage: group.sum -= item.number
      case .valueMedian, .valuePercentile: group.sorted.remove(at: Self.place(of: item.number, in: group.sorted))
      default: break
      }
      if plans[plan].correlation.kind == .valueCount {
        let left = (group.counts[item.value] ?? 1) - 1
        group.counts[item.value] = left == 0 ? nil : left
      }
      if plans[plan].isTemporal { group.parts[item.part] -= 1 }
    }
  }

  private func holds(_ plan: Int, _ group: Group) -> Bool {
    let correlation = plans[plan].correlation
    let items = group.items[group.first...]
    func fits(_ number: Double) -> Bool { correlation.bounds.allSatisfy { $0.comparison.holds(number, $0.number) } }
    switch correlation.kind {
    case .eventCount: return fits(Double(items.count))
    case .valueCount: return fits(Double(group.counts.count))
    case .valueSum, .valueAverage:
      guard !items.isEmpty else { return correlation.kind == .valueSum && fits(0) }
      let divisor = correlation.kind == .valueAverage ? Double(items.count) : 1
      // Near a bound the rounding of a running sum would decide: there it is made again.
      let isClose = correlation.bounds.contains {
        abs(group.sum / divisor - $0.number) <= 1e-6 * max(1, abs($0.number), abs(group.sum))
      }
      return fits((isClose || !group.sum.isFinite ? items.reduce(0) { $0 + $1.number } : group.sum) / divisor)
    case .valueMedian: return Self.percentile(group.sorted, 50).map(fits) ?? false
    case .valuePercentile: return Self.percentile(group.sorted, correlation.percentile).map(fits) ?? false
    case .temporal, .temporalOrdered, .temporalExtended, .temporalOrderedExtended:
      let present = (0..<plans[plan].parts).filter { group.parts.indices.contains($0) && group.parts[$0] > 0 }
      return Self.holds(plans[plan].correlation, plans[plan].names, present)
    }
  }

  /// Whether enough rules are among those that matched.
  private static func holds(_ correlation: SigmaCorrelation, _ names: [String], _ present: [Int]) -> Bool {
    if let condition = correlation.condition { return condition.holds(names, Set(present.map { names[$0] })) }
    if correlation.bounds.isEmpty { return present.count == names.count }
    return correlation.bounds.allSatisfy { $0.comparison.holds(Double(present.count), $0.number) }
  }

  /// The value below or at which that share of the values lies, between neighbours in proportion (as `numpy.percentile`
  /// and the SQL `percentile_cont`).
  ///
  /// - Parameter sorted: in ascending order.
  static func percentile(_ sorted: [Double], _ percent: Double) -> Double? {
    guard !sorted.isEmpty else { return nil }
    let place = percent / 100 * Double(sorted.count - 1)
    let low = Int(place.rounded(.down))
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
  }

  // MARK: Order

  private func ordered(
    _ item: Item, _ plan: Int, _ group: inout Group, _ span: Int64, _ events: [DetectedEvent]
  ) -> (events: [DetectedEvent], isNew: Bool)? {
    while group.chains.count < plans[plan].parts { group.chains.append(nil) }
    let steps = plans[plan].parts
    let from = item.time.subtractingReportingOverflow(span)
    let oldest = from.overflow ? Int64.min : from.partialValue
    guard let event = item.event else { return nil }
    if item.part == 0 {
      group.chains[0] = [event]
    } else if let before = group.chains[item.part - 1], let start = before.first, start.time.nanoseconds > oldest {
      let known = group.chains[item.part]?.first?.time.nanoseconds ?? .min
      if start.time.nanoseconds >= known { group.chains[item.part] = before + [event] }
    } else {
      return nil
    }
    guard item.part == steps - 1, let chain = group.chains[steps - 1], let start = chain.first,
      start.time.nanoseconds > oldest
    else { return nil }
    let isContinued = group.holds && group.last > oldest
    group.holds = true
    group.last = item.time
    return isContinued ? ([event], false) : (chain, true)
  }

  // MARK: Windows that close

  private mutating func push(_ expiry: (time: Int64, plan: Int, group: GroupKey)) {
    // A binary heap by time.
    expiries.append(expiry)
    var place = expiries.count - 1
    while place > 0, expiries[place].time < expiries[(place - 1) / 2].time {
      expiries.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  private mutating func pop() -> (time: Int64, plan: Int, group: GroupKey)? {
    guard let top = expiries.first else { return nil }
    expiries.swapAt(0, expiries.count - 1)
    expiries.removeLast()
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2]
      where child < expiries.count && expiries[child].time < expiries[least].time { least = child }
      guard least != place else { break }
      expiries.swapAt(place, least)
      place = least
    }
    return top
  }

  /// Judges the windows that have closed: no event at or after a limit can belong to them. A window of an absence holds
  /// its end, too.
  private mutating func expire(before limit: Int64, _ matches: inout [CorrelationMatch]) {
    while let next = expiries.first, next.time < limit || next.time == limit && !plans[next.plan].isAbsence {
      _ = pop()
      guard groups[next.plan][next.group]?.closes == next.time,
        let group = groups[next.plan].removeValue(forKey: next.group)
      else { continue }
      let items = group.items
      guard let last = group.lastEvent else { continue }
      let plan = plans[next.plan]
      var judged = Group()
      if plan.isAbsence {
        emit(next.plan, next.time, Self.shown(group, last), last, isNew: true, &matches)
      } else {
        for item in items { add(item, next.plan, &judged) }
        if holds(next.plan, judged) {
          emit(next.plan, next.time, Self.shown(group, last), last, isNew: true, &matches)
        }
      }
    }
  }
}

extension Correlator.Plan {
  fileprivate var needsNumber: Bool {
    switch correlation.kind {
    case .valueSum, .valueAverage, .valuePercentile, .valueMedian: true
    default: false
    }
  }
}

extension SigmaCondition {
  /// Whether something must not be.
  var hasNot: Bool {
    switch self {
    case .name, .some: false
    case .not: true
    case .all(let inner), .any(let inner): inner.contains(where: \.hasNot)
    }
  }

  /// Whether the condition holds where these rules have matched.
  func holds(_ all: [String], _ present: Set<String>) -> Bool {
    switch self {
    case .name(let name): return present.contains(name)
    case .not(let inner): return !inner.holds(all, present)
    case .all(let inner): return inner.allSatisfy { $0.holds(all, present) }
    case .any(let inner): return inner.contains { $0.holds(all, present) }
    case .some(let isAll, let pattern):
      let prefix = pattern.hasSuffix("*") ? String(pattern.dropLast()) : nil
      let names = all.filter { pattern == "them" || $0 == pattern || prefix.map($0.hasPrefix) ?? false }
      return isAll ? names.allSatisfy(present.contains) : names.contains(where: present.contains)
    }
  }
}
