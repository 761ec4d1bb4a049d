import Bytes
import Events
import TestKit
import Testing

@Suite struct TemplateMinerTests {
  @Test func constantsAndVariables() {
    var miner = TemplateMiner()
    let lines = [
      "Connection from 10.0.0.1 port 4000 closed", "Connection from 10.0.0.2 port 4001 closed", "User kim logged in",
      "User bob logged in", "Connection from 10.0.0.3 port 4002 closed", "5 7 9", "6 8 10",
    ]
    let matches = lines.map { miner.add($0) }
    #expect(matches.map { $0?.id } == [0, 0, 1, 1, 0, 2, 2])
    #expect(matches.map { $0?.isNew } == [true, false, true, false, false, true, false])
    #expect(
      miner.templates.map(\.text) == ["Connection from <*> port <*> closed", "User <*> logged in", "<*> <*> <*>"])
    #expect(matches[4]?.variables == ["10.0.0.3", "4002"])
    #expect(miner.templates.map(\.count) == [3, 2, 2])
    #expect(miner.add("   ").map(\.id) == nil)
  }

  @Test func boundedWhateverComes() {
    var limits = TemplateMiner.Limits()
    limits.templates = 50
    limits.children = 5
    var miner = TemplateMiner(limits: limits)
    var random = SeededRandom(seed: 2)
    for _ in 0..<3_000 {
      let words = (0..<1 + random.below(8)).map { _ in String(UnicodeScalar(UInt8(97 + random.below(26)))) }
      _ = miner.add(words.joined(separator: " "))
    }
    #expect(miner.templates.count == 50 && miner.omitted > 0)
    #expect(miner.templates.reduce(0) { $0 + $1.count } + miner.omitted == 3_000)
  }

  /// Events without a message are counted; a template has the range of time in which it was seen.
  @Test func whatProgramsSay() {
    let log = """
      {"@timestamp":"2026-11-27T08:00:05Z","message":"user kim logged in"}
      {"@timestamp":"2026-11-27T08:00:01Z","message":"user bob logged in"}
      {"@timestamp":"2026-11-27T08:00:09Z","message":"disk full"}
      {"@timestamp":"2026-11-27T08:00:09Z","size":3}

      """
    var census = TemplateCensus()
    for event in EventDecoder.decode(Array(log.utf8)).events { census.add(event) }
    #expect(census.events == 4 && census.silent == 1 && census.omitted == 0)
    let rows = census.rows(rarestFirst: false)
    #expect(rows.map(\.template) == ["user <*> logged in", "disk full"] && rows.map(\.events) == [2, 1])
    #expect(rows[0].first?.text == "2026-11-27T08:00:01Z" && rows[0].last?.text == "2026-11-27T08:00:05Z")
    #expect(rows[0].example == "user kim logged in")
    #expect(census.rows(rarestFirst: true).map(\.template) == ["disk full", "user <*> logged in"])
  }
}
