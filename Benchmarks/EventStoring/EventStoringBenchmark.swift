import Bytes
import Events
import Findings
import Foundation
import Measuring
import Store

/// How many events are decoded, written ahead and packed into blocks in a second of processor time, each step alone.
enum EventStoringBenchmark {
  /// - Parameter arguments: files, plain or gzip, each line of which is the body of one request; before them `--questions`, how
  ///   many events are to be stored, and a user of them, to measure questions.
  static func run(_ arguments: [String]) async -> Int32 {
    if arguments.count == 4, arguments[0] == "--questions", let wanted = Int(arguments[1]),
      let bytes = read(arguments[3])
    {
      do {
        let bodies = bytes.split(separator: 0x0A).map { Array($0) }
        try await EventQuestions.measure(bodies, wanted: wanted, entity: arguments[2])
        return 0
      } catch {
        print("\(error)")
        return 3
      }
    }
    guard !arguments.isEmpty else {
      print("name a file or more, each line of which is the body of a request")
      return 2
    }
    for path in arguments {
      guard let bytes = read(path) else {
        print("\(path): cannot be read")
        return 2
      }
      let bodies = bytes.split(separator: 0x0A).map { Array($0) }
      do {
        try await measure(path, bodies)
      } catch {
        print("\(path): \(error)")
        return 3
      }
    }
    return 0
  }

  private static func measure(_ path: String, _ bodies: [[UInt8]]) async throws {
    let folder = NSTemporaryDirectory() + "event-storing-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = try SQLiteEventStore(folder, mode: .writing, now: { now() })
    var batches: [EventBatch] = []
    let decoding = seconds {
      for body in bodies {
        var options = DecodeOptions()
        options.receivedAt = now()
        batches.append(EventDecoder.decode(body, options: options))
      }
    }
    let count = batches.reduce(0) { $0 + $1.count }
    let bytes = bodies.reduce(0) { $0 + $1.count }
    let start = processorTime()
    var stored = 0
    for batch in batches {
      stored += try await store.append([EventDelivery(batch)]).deliveries.first?.stored ?? 0
    }
    let written = processorTime()
    try await store.seal()
    let sealed = processorTime()
    try await store.close()
    print("\(path): \(bodies.count) bodies, \(count) events, \(bytes / max(1, count)) bytes each, \(stored) stored")
    report("decoded", decoding, count)
    report("written ahead, and packed meanwhile", written - start, count)
    report("packed at the end", sealed - written, count)
    report("together", decoding + sealed - start, count)
  }

  private static func report(_ what: String, _ seconds: Double, _ count: Int) {
    let each = seconds * 1e6 / Double(max(1, count))
    print("  \(what): \((each * 100).rounded() / 100) µs an event, \(Int(Double(count) / seconds)) events/s")
  }

  private static func now() -> Timestamp { Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1e9)) }
}
