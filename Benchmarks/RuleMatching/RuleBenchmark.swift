import Bytes
import Detect
import Events
import Measuring

/// How many events in a second of processor time on one core meet all rules of a folder, with and without regard to
/// their log sources.
enum RuleBenchmark {
  /// - Parameter arguments: a folder of rules, then logs.
  static func run(_ arguments: [String]) -> Int32 {
    guard arguments.count >= 2 else {
      print("name a folder of rules, and one log or more")
      return 2
    }
    var sources: [RuleSet.Source] = []
    for path in files(arguments[0]) where path.hasSuffix(".yml") {
      if let bytes = read(path) { sources.append(RuleSet.Source(path: path, bytes: bytes)) }
    }
    var set = RuleSet()
    let reading = seconds { set = RuleSet(sources) }
    var matcher = RuleMatcher([])
    let compiling = seconds { matcher = RuleMatcher(set.rules.map { ($0.tree, $0.info.logSource) }) }
    print(
      "\(set.rules.count) rules of \(sources.count) files: read in \(milliseconds(reading)), compiled in \(milliseconds(compiling))"
    )
    var bytes: [UInt8] = []
    for path in arguments.dropFirst().flatMap({ files($0) }) {
      guard let more = read(path) else {
        print("\(path): cannot be read")
        return 2
      }
      bytes += more
      bytes.append(0x0A)
    }
    let batch = EventDecoder.decode(bytes)
    for routes in [true, false] {
      var state = MatchState()
      state.routesByLogSource = routes
      for event in batch.events { _ = matcher.match(event, &state) }
      let rounds = max(1, 20_000 / max(1, batch.count))
      var matches = 0
      let matching = seconds {
        for _ in 0..<rounds { for event in batch.events { matches += matcher.match(event, &state).count } }
      }
      print(
        "routing \(routes ? "on" : "off"): \(batch.count) events, \(matches / rounds) matches, \(Int(Double(batch.count * rounds) / matching)) events/s"
      )
    }
    return 0
  }

  private static func milliseconds(_ seconds: Double) -> String { "\(Int(seconds * 1000)) ms" }
}
