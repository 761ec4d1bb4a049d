import Bytes
import Detect
import Glibc
import TestKit
import Testing

/// Correlations against a plain evaluation of their definition, with late, reordered and repeated events.
@Suite struct CorrelatorTests {
  static let span: Int64 = 10

  static func set(_ body: String) -> RuleSet {
    let bases = ["a", "b", "c"].map {
      "title: \($0)\nid: \($0)\nname: \($0)\nlogsource: {product: x}\ndetection: {s: {k: \($0)}, condition: s}\n---\n"
    }
    let text =
      bases.joined() + "title: t\nid: t\ncorrelation:\n"
      + body.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
    return RuleSet([RuleSet.Source(path: "t.yml", bytes: Array(text.utf8))])
  }

  struct Made {
    let rule: Int
    let time: Int64
    let group: String
    let value: Int
    let identity: Int
  }

  static func events(_ random: inout SeededRandom, _ count: Int) -> [Made] {
    var time: Int64 = 0
    return (0..<count).map { index in
      time += Int64(random.below(5))
      return Made(
        rule: random.below(3), time: time, group: random.pick(["g", "h"]), value: random.below(6), identity: index)
    }
  }

  static func run(_ set: RuleSet, _ events: [Made], lateness: Int64?) -> [Set<Int64>] {
    var correlator = Correlator(set, lateness: lateness.map { $0 * 1_000_000_000 })
    var found: [Set<Int64>] = [[], []]
    func take(_ matches: [CorrelationMatch]) {
      for match in matches {
        let group = match.events.first?.values["g"]?.first == "g" ? 0 : 1
        found[group].insert(match.time.nanoseconds / 1_000_000_000)
      }
    }
    for event in events {
      correlator.add(
        DetectedEvent(
          source: "s", line: event.identity, id: "", time: Timestamp(nanoseconds: event.time * 1_000_000_000),
          identity: String(event.identity), values: ["g": [event.group], "v": [String(event.value)]]), rule: event.rule)
      take(correlator.advance())
    }
    take(correlator.finish())
    return found
  }

  /// The definition of each kind: does it hold over these events, the window of one event?
  typealias Definition = @Sendable (_ window: [Made], _ last: Made) -> Bool

  static let kinds: [(String, Definition)] = [
    (
      "type: event_count\nrules: [a, b]\ngroup-by: [g]\ntimespan: 10s\ncondition: {gte: 3}",
      { window, _ in
        window.count { $0.rule < 2 } >= 3
      }
    ),
    (
      "type: event_count\nrules: [a, b]\ngroup-by: [g]\ntimespan: 10s\ncondition: {gt: 2}",
      { window, _ in
        window.count { $0.rule < 2 } > 2
      }
    ),
    (
      "type: value_count\nrules: [a, b]\ngroup-by: [g]\ntimespan: 10s\ncondition: {field: v, gte: 3}",
      { window, _ in
        Set(window.filter { $0.rule < 2 }.map(\.value)).count >= 3
      }
    ),
    (
      "type: value_sum\nrules: [a, b]\ngroup-by: [g]\ntimespan: 10s\ncondition: {field: v, gt: 9}",
      { window, _ in
        window.filter { $0.rule < 2 }.map(\.value).reduce(0, +) > 9
      }
    ),
    (
      "type: value_avg\nrules: [a, b]\ngroup-by: [g]\ntimespan: 10s\ncondition: {field: v, lt: 2}",
      { window, _ in
        let values = window.filter { $0.rule < 2 }.map(\.value)
        return Double(values.reduce(0, +)) / Double(values.count) < 2
      }
    ),
    (
      "type: value_median\nrules: [a, b]\ngroup-by: [g]\ntimespan: 10s\ncondition: {field: v, gte: 4}",
      { window, _ in
        let values = window.filter { $0.rule < 2 }.map(\.value).sorted()
        return Double(values[(values.count - 1) / 2] + values[values.count / 2]) / 2 >= 4
      }
    ),
    (
      "type: value_percentile\nrules: [a, b]\ngroup-by: [g]\ntimespan: 10s\ncondition: {field: v, percentile: 100, gte: 5}",
      { window, _ in
        (window.filter { $0.rule < 2 }.map(\.value).max() ?? 0) >= 5
      }
    ),
    (
      "type: temporal\nrules: [a, b, c]\ngroup-by: [g]\ntimespan: 10s",
      { window, _ in Set(window.map(\.rule)).count == 3 }
    ),
    (
      "type: temporal\nrules: [a, b, c]\ngroup-by: [g]\ntimespan: 10s\ncondition: {gte: 2}",
      { window, _ in
        Set(window.map(\.rule)).count >= 2
      }
    ),
    (
      "type: temporal_extended\nrules: [a, b, c]\ngroup-by: [g]\ntimespan: 10s\ncondition: a and (b or c)",
      { window, _ in
        let rules = Set(window.map(\.rule))
        return rules.contains(0) && rules.count > 1
      }
    ),
    (
      "type: temporal_ordered\nrules: [a, b, c]\ngroup-by: [g]\ntimespan: 10s",
      { window, last in
        guard last.rule == 2 else { return false }
        for (index, first) in window.enumerated() where first.rule == 0 {
          for (place, second) in window.enumerated() where place > index && second.rule == 1 && window.count > place {
            if second.time <= last.time { return true }
          }
        }
        return false
      }
    ),
  ]

  @Test(arguments: kinds.indices)
  func equalsItsDefinition(_ kind: Int) {
    let (body, definition) = Self.kinds[kind]
    let set = Self.set(body)
    #expect(set.errors.isEmpty, "\(set.errors.map(\.text))")
    var random = SeededRandom(seed: UInt64(kind + 1))
    for round in 0..<20 {
      let events = Self.events(&random, 400)
      // Ties are judged in the order of rules, then identities.
      let ordered = events.sorted { ($0.time, $0.rule, String($0.identity)) < ($1.time, $1.rule, String($1.identity)) }
      let names = set.correlations[0].rules
      var expected: [Set<Int64>] = [[], []]
      for (index, event) in ordered.enumerated() where event.rule < names.count {
        let window = ordered[...index].filter {
          $0.group == event.group && $0.time > event.time - Self.span && $0.rule < names.count
        }
        if definition(window, event) { expected[event.group == "g" ? 0 : 1].insert(event.time) }
      }
      #expect(Self.run(set, events, lateness: nil) == expected, "in order, round \(round)")
      // Late by up to 20 seconds, and every tenth twice.
      var mixed = events + events.filter { $0.identity % 10 == 0 }
      let delays = mixed.map { _ in Int64(random.below(20)) }
      let order = mixed.indices.sorted { (mixed[$0].time + delays[$0], $0) < (mixed[$1].time + delays[$1], $1) }
      mixed = order.map { mixed[$0] }
      #expect(Self.run(set, mixed, lateness: 21) == expected, "late, round \(round)")
    }
  }

  /// Events of the run over many groups: a million with `BARTIZAN_THOROUGH=1`.
  static let many = getenv("BARTIZAN_THOROUGH") == nil ? 20_000 : 1_000_000

  /// The same over many events of many groups, a tenth of them twice and all of them late by up to 20 seconds.
  @Test(arguments: kinds.indices) func manyEventsEqualTheDefinition(_ kind: Int) {
    let (body, definition) = Self.kinds[kind]
    let set = Self.set(body)
    let ruleCount = set.correlations[0].rules.count
    var random = SeededRandom(seed: UInt64(kind + 1_000))
    let groupCount = Self.many / 100
    // About eight events of a group within the timespan of ten seconds.
    let events = (0..<Self.many).map { index in
      Made(
        rule: random.below(3), time: Int64(index) * 10 / Int64(8 * groupCount), group: String(random.below(groupCount)),
        value: random.below(6), identity: index)
    }
    var expected: Set<String> = []
    for (group, own) in Dictionary(grouping: events.filter { $0.rule < ruleCount }, by: \.group) {
      let ordered = own.map { ($0, String($0.identity)) }.sorted {
        ($0.0.time, $0.0.rule, $0.1) < ($1.0.time, $1.0.rule, $1.1)
      }.map(\.0)
      var first = 0
      for (index, event) in ordered.enumerated() {
        while ordered[first].time <= event.time - Self.span { first += 1 }
        if definition(Array(ordered[first...index]), event) { expected.insert("\(group) \(event.time)") }
      }
    }
    var mixed = events + events.filter { $0.identity % 10 == 0 }
    let delays = mixed.map { _ in Int64(random.below(20)) }
    let order = mixed.indices.sorted { (mixed[$0].time + delays[$0], $0) < (mixed[$1].time + delays[$1], $1) }
    mixed = order.map { mixed[$0] }
    var correlator = Correlator(set, lateness: 21_000_000_000)
    var found: Set<String> = []
    func take(_ matches: [CorrelationMatch]) {
      for match in matches {
        found.insert("\(match.events.first?.values["g"]?.first ?? "") \(match.time.nanoseconds / 1_000_000_000)")
      }
    }
    for (number, event) in mixed.enumerated() {
      correlator.add(
        DetectedEvent(
          source: "s", line: event.identity, id: "", time: Timestamp(nanoseconds: event.time * 1_000_000_000),
          identity: String(event.identity), values: ["g": [event.group], "v": [String(event.value)]]), rule: event.rule)
      if number % 1_000 == 0 { take(correlator.advance()) }
    }
    take(correlator.finish())
    #expect(expected.count > Self.many / 100 && correlator.tooLate == 0 && correlator.forgotten == 0)
    #expect(found == expected, "\(found.count) found, \(expected.count) expected")
  }

  @Test func chainsAndAliases() {
    let text = """
      title: many
      id: many
      name: many
      correlation:
        type: event_count
        rules: [a]
        group-by: [g]
        timespan: 10s
        condition: {gte: 2}
      ---
      title: t
      id: t
      correlation:
        type: temporal_ordered
        rules: [many, b]
        aliases:
          who: {a: g, many: g, b: v}
        group-by: [who]
        timespan: 20s
      """
    let bases = ["a", "b"].map {
      "title: \($0)\nid: \($0)\nname: \($0)\nlogsource: {product: x}\ndetection: {s: {k: \($0)}, condition: s}\n---\n"
    }
    let set = RuleSet([RuleSet.Source(path: "t.yml", bytes: Array((bases.joined() + text).utf8))])
    #expect(set.errors.isEmpty)
    func count(_ name: String) -> Int {
      var correlator = Correlator(set, lateness: nil)
      for (index, rule) in [0, 0, 1].enumerated() {
        correlator.add(
          DetectedEvent(
            source: "s", line: index, id: "", time: Timestamp(nanoseconds: Int64(index) * 1_000_000_000),
            identity: "\(index)", values: ["g": ["alice"], "v": [name]]), rule: rule)
      }
      return correlator.finish().count { set.correlations[$0.correlation].info.id == "t" }
    }
    #expect(count("alice") == 1)
    #expect(count("bob") == 0)
  }

  @Test func absenceAndLess() {
    func times(_ condition: String, _ seconds: [Int64]) -> [Int64] {
      let set = Self.set("type: event_count\nrules: [a]\ngroup-by: [g]\ntimespan: 10s\ncondition: \(condition)")
      var correlator = Correlator(set, lateness: nil)
      for (index, second) in seconds.enumerated() {
        correlator.add(
          DetectedEvent(
            source: "s", line: index, id: "", time: Timestamp(nanoseconds: second * 1_000_000_000),
            identity: "\(index)", values: ["g": ["g"]]), rule: 0)
      }
      return correlator.finish().map { $0.time.nanoseconds / 1_000_000_000 }
    }
    // A heartbeat that stays away.
    #expect(times("{eq: 0}", [0, 5, 10, 30, 35]) == [20, 45])
    // Fewer than three in the ten seconds that a first event opens.
    #expect(times("{gte: 1, lt: 3}", [0, 1, 2, 20, 21, 40]) == [30, 50])
  }

  @Test func whatIsTooLateIsCounted() {
    let set = Self.set("type: event_count\nrules: [a]\ngroup-by: [g]\ntimespan: 10s\ncondition: {gte: 2}")
    var correlator = Correlator(set, lateness: 1_000_000_000)
    for index in 0..<1_100 {
      correlator.add(
        DetectedEvent(
          source: "s", line: index, id: "", time: Timestamp(nanoseconds: Int64(index) * 1_000_000_000),
          identity: "\(index)", values: ["g": ["\(index)"]]), rule: 0)
      _ = correlator.advance()
    }
    correlator.add(
      DetectedEvent(source: "s", line: 0, id: "", time: Timestamp(nanoseconds: 0), identity: "x", values: ["g": ["0"]]),
      rule: 0)
    #expect(correlator.tooLate == 1)
  }

  /// Counts that ask for less: a window begins with a group's first event and is judged when it has passed.
  @Test(arguments: [
    ("type: event_count\nrules: [a, b]\ngroup-by: [g]\ntimespan: 10s\ncondition: {lt: 3}", 0),
    ("type: value_count\nrules: [a, b]\ngroup-by: [g]\ntimespan: 10s\ncondition: {field: v, lte: 2}", 1),
    ("type: event_count\nrules: [a, b]\ngroup-by: [g]\ntimespan: 10s\ncondition: {eq: 0}", 2),
  ])
  func windowsThatCloseEqualTheirDefinition(_ body: String, _ kind: Int) {
    let set = Self.set(body)
    #expect(set.errors.isEmpty)
    var random = SeededRandom(seed: UInt64(kind + 77))
    for round in 0..<20 {
      let events = Self.events(&random, 300)
      var expected: [Set<Int64>] = [[], []]
      for (number, group) in ["g", "h"].enumerated() {
        let own = events.filter { $0.group == group && $0.rule < 2 }.sorted { $0.time < $1.time }
        if kind == 2 {
          for (index, event) in own.enumerated()
          where index + 1 == own.count || own[index + 1].time > event.time + Self.span {
            expected[number].insert(event.time + Self.span)
          }
          continue
        }
        var rest = own[...]
        while let first = rest.first {
          let window = rest.prefix { $0.time < first.time + Self.span }
          rest = rest.dropFirst(window.count)
          let holds = kind == 0 ? window.count < 3 : Set(window.map(\.value)).count <= 2
          if holds { expected[number].insert(first.time + Self.span) }
        }
      }
      #expect(Self.run(set, events, lateness: nil) == expected, "in order, round \(round)")
      var mixed = events + events.filter { $0.identity % 10 == 0 }
      mixed.shuffle(using: &random)
      #expect(Self.run(set, mixed, lateness: nil) == expected, "shuffled, round \(round)")
    }
  }

  /// Half a million matches are judged in the memory of a quarter: what waits is bounded, and in order nothing is lost.
  @Test func aRiverIsJudgedInBoundedMemory() {
    let set = Self.set("type: event_count\nrules: [a]\ngroup-by: [g]\ntimespan: 10s\ncondition: {gte: 300000}")
    var correlator = Correlator(set, lateness: nil)
    var found = 0
    for index in 0..<310_000 {
      correlator.add(
        DetectedEvent(
          source: "s", line: index, id: "", time: Timestamp(nanoseconds: Int64(index) * 10_000),
          identity: String(index), values: ["g": ["g"]]), rule: 0)
      if index % 4_096 == 0 { found += correlator.advance().count }
    }
    // More events than a window shows, and more than wait at once: the count is still exact.
    found += correlator.finish().count
    #expect(found == 10_001)
    #expect(correlator.tooLate == 0 && correlator.forgotten == 0)
  }
}
