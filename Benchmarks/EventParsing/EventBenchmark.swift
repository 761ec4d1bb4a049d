import Bytes
import Events
import Measuring

/// How many megabytes of a log are parsed, mapped and asked in a second of processor time on one core.
enum EventBenchmark {
  /// - Parameter arguments: files, plain or gzip.
  static func run(_ arguments: [String]) -> Int32 {
    guard !arguments.isEmpty else {
      print("name one log or more, plain or gzip")
      return 2
    }
    for path in arguments {
      guard let bytes = read(path) else {
        print("\(path): cannot be read")
        return 2
      }
      measure(path, bytes)
    }
    return 0
  }

  private static func measure(_ path: String, _ bytes: [UInt8]) {
    // Enough for a second or so.
    let rounds = max(1, (400 << 20) / max(1, bytes.count))
    var events = 0
    let decoding = seconds {
      for _ in 0..<rounds { events += EventDecoder.decode(bytes).count }
    }
    let batch = EventDecoder.decode(bytes)
    let megabytes = Double(bytes.count * rounds) / 1e6
    print(
      "\(path): \(batch.count) events, \(bytes.count / max(1, batch.count)) bytes each, \(batch.problems.count) problems"
    )
    print("  parsed and mapped: \(rounded(megabytes / decoding)) MB/s, \(Int(Double(events) / decoding)) events/s")
    for text in ["user.name: kim", "\"no such words\"", "kubernetes.audit.requestObject.spec.hostNetwork: true"] {
      guard let query = try? CompiledQuery(text, now: Timestamp(nanoseconds: 0)) else { continue }
      var found = 0
      let asking = seconds { for event in batch.events where query.matches(event) { found += 1 } }
      print("  \(text): \(rounded(Double(bytes.count) / 1e6 / asking)) MB/s, \(found) found")
    }
  }

  private static func rounded(_ value: Double) -> Int { value.isFinite ? Int(value) : 0 }
}
