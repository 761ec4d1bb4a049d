import Bytes
import Events
import TestKit
import Testing

@Suite struct StatisticsTests {
  static func events(_ count: Int) -> EventBatch {
    var text = ""
    for index in 0..<count {
      let minute = index % 60 < 10 ? "0\(index % 60)" : "\(index % 60)"
      text +=
        #"{"@timestamp":"2026-11-28T10:\#(minute):00Z","user":{"name":"u\#(index % 3)"},"tags":["a","b\#(index % 2)"],"n":\#(index),"ms":\#(Double(index) / 2)}"#
        + "\n"
    }
    return EventExpectations.batch(text)
  }

  @Test func countsByFieldsAndTime() {
    var statistics = Statistics(
      StatisticsRequest(groups: [FieldReference("user.name")], bucket: 1_800_000_000_000))
    for event in Self.events(120).events { statistics.add(event) }
    #expect(statistics.total == 120)
    #expect(
      statistics.rows.map { "\($0.start?.text ?? "") \($0.values[0] ?? "") \($0.count)" } == [
        "2026-11-28T10:00:00Z u0 20", "2026-11-28T10:00:00Z u1 20", "2026-11-28T10:00:00Z u2 20",
        "2026-11-28T10:30:00Z u0 20", "2026-11-28T10:30:00Z u1 20", "2026-11-28T10:30:00Z u2 20",
      ])
  }

  @Test func aFieldWithSeveralValuesCountsInEach() {
    var statistics = Statistics(StatisticsRequest(groups: [FieldReference("tags"), FieldReference("none")]))
    for event in Self.events(10).events { statistics.add(event) }
    #expect(
      statistics.rows.map { "\($0.values.map { $0 ?? "-" }) \($0.count)" } == [
        #"["a", "-"] 10"#, #"["b0", "-"] 5"#, #"["b1", "-"] 5"#,
      ])
  }

  @Test func measures() {
    let n = FieldReference("n")
    let request = StatisticsRequest(measures: [
      .count, .sum(n), .min(n), .max(n), .average(FieldReference("ms")), .percentiles(n, [50, 95, 100]),
      .distinct(FieldReference("user.name")), .top(FieldReference("user.name"), 2), .sum(FieldReference("user.name")),
    ])
    var whole = Statistics(request)
    var first = Statistics(request)
    var second = Statistics(request)
    for event in Self.events(101).events {
      whole.add(event)
      if event.line % 2 == 0 { first.add(event) } else { second.add(event) }
    }
    first.merge(second)
    let expected: [Statistics.Result] = [
      .count(101), .number(5050), .number(0), .number(100), .number(25),
      .percentiles([(50, 50), (95, 95), (100, 100)], isApproximate: false), .distinct(3, isCut: false),
      .top([("u0", 34), ("u1", 34)], isCut: false), .number(nil),
    ]
    #expect(whole.rows.first?.measures == expected)
    #expect(first.rows.first?.measures == expected)
  }

  @Test func manyValuesAreMeasuredWithinAHundredth() throws {
    let request = StatisticsRequest(measures: [.percentiles(FieldReference("n"), [10, 50, 99])])
    var merged = Statistics(request)
    var part = Statistics(request)
    for event in Self.events(1_000).events { part.add(event) }
    for _ in 0..<70 { merged.merge(part) }
    guard case .percentiles(let values, let isApproximate) = try #require(merged.rows.first).measures[0] else {
      Issue.record("no percentiles")
      return
    }
    #expect(isApproximate)
    for (hundredth, value) in values { #expect(abs(value - hundredth * 10) / (hundredth * 10) < 0.01) }
  }
}
