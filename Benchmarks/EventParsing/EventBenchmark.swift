import Bytes
import Events
import Glibc

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
    return Gzip.isGzip(bytes) ? try? Gzip.decompress(bytes) : bytes
  }
}
