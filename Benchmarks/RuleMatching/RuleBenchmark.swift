import Bytes
import Detect
import Events
import Measuring

/// How many events in a second of processor time on one core meet all rules of a folder, with and without regard to
/// their log sources; or what the program's own rules make of logs.
enum RuleBenchmark {
  /// - Parameter arguments: a folder of rules, then logs; `--detect` and logs; or `--groups` and a number.
  static func run(_ arguments: [String]) -> Int32 {
    if arguments.first == "--groups", let count = arguments.last.flatMap({ Int($0) }) { return groups(count) }
    if arguments.first == "--detect", arguments.count >= 2 { return detect(Array(arguments.dropFirst())) }
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

  /// Memory of a correlation with so many groups, each with an event of its own: "more than four requests of a user in an hour".
  private static func groups(_ count: Int) -> Int32 {
    let rule = """
      title: Many requests
      id: many
      correlation:
        type: event_count
        rules: [any]
        group-by: [user.username]
        timespan: 1h
        condition: {gte: 5}
      level: medium
      ---
      title: Any
      id: any
      name: any
      logsource: {product: kubernetes, service: audit}
      detection:
        selection: {verb: '*'}
        condition: selection
      level: informational
      """
    let set = RuleSet([RuleSet.Source(path: "many.yml", bytes: Array(rule.utf8))])
    var detector = Detector(set, lateness: 1_000_000_000)
    let before = residentMegabytes()
    var peak = before
    let spent = seconds {
      for start in stride(from: 0, to: count, by: 10_000) {
        var bytes: [UInt8] = []
        for number in start..<min(count, start + 10_000) {
          let time = Timestamp(nanoseconds: 1_764_450_000_000_000_000 + Int64(number) * 1_000_000).text
          bytes += Array(
            #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"\#(number)","stage":"ResponseComplete","requestURI":"/api/v1/pods","verb":"list","user":{"username":"user-\#(number)@example.org","groups":["system:authenticated"]},"sourceIPs":["10.0.0.1"],"objectRef":{"resource":"pods","apiVersion":"v1"},"responseStatus":{"code":200},"requestReceivedTimestamp":"\#(time)","stageTimestamp":"\#(time)"}\#n"#
              .utf8)
        }
        for event in EventDecoder.decode(bytes).events { detector.detect(event, at: event.line, of: "log") }
        detector.follow(now: .max, isIdle: false)
        peak = max(peak, residentMegabytes())
      }
    }
    print(
      "\(count) groups of one correlation: \(peak) MB at most, \(before) MB before; \(Int(Double(count) / spent)) events/s with decoding"
    )
    return 0
  }

  /// Matching, describing and correlating by the program's rules, without storing.
  private static func detect(_ paths: [String]) -> Int32 {
    var bytes: [UInt8] = []
    for path in paths.flatMap({ files($0) }) {
      guard let more = read(path) else {
        print("\(path): cannot be read")
        return 2
      }
      bytes += more
      bytes.append(0x0A)
    }
    var batch = EventDecoder.decode([])
    let decoding = seconds { batch = EventDecoder.decode(bytes) }
    var set = RuleSet()
    var detector = Detector(set)
    let loading = seconds {
      set = RuleSet(BuiltInRules.sources)
      detector = Detector(set)
    }
    print("\(set.rules.count) rules and \(set.correlations.count) correlations loaded in \(milliseconds(loading))")
    let matcher = RuleMatcher(set.rules.map { ($0.tree, $0.info.logSource) })
    var state = MatchState()
    var matched = 0
    let matching = seconds { for event in batch.events where !matcher.match(event, &state).isEmpty { matched += 1 } }
    let detecting = seconds { detector.detect(batch, source: "log") }
    var changes = 0
    let taking = seconds { changes = detector.takeChanges().count }
    let count = Double(batch.count)
    func cost(_ seconds: Double) -> String { "\((seconds / count * 1e8).rounded() / 100) µs" }
    print(
      """
      \(batch.count) events, \(matched) matched, \(changes) alerts; of processor time for an event: decoding \(cost(decoding)), \
      matching \(cost(matching)), detection with matching \(cost(detecting)), taking alerts \(cost(taking))
      """)
    return 0
  }

  private static func milliseconds(_ seconds: Double) -> String { "\(Int(seconds * 1000)) ms" }
}
