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
}
