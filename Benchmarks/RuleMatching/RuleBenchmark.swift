import Bytes
import Detect
import Events
import Glibc

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

  private static func seconds(_ body: () -> Void) -> Double {
    let start = processorTime()
    body()
    return max(processorTime() - start, 1e-9)
  }

  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// A file, or all files below a folder.
  private static func files(_ path: String) -> [String] {
    guard let stream = opendir(path) else { return [path] }
    defer { closedir(stream) }
    var found: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { found += files(path + "/" + name) }
    }
    return found.sorted()
  }

  private static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return bytes
  }
}
