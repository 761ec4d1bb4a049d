import Bytes
import Events
import Findings
import Foundation
import Measuring
import Store

/// How long questions to a store of many events take, in one process and without a server. Needs the disk space of the store
/// below the folder for temporary files.
enum EventQuestions {
  private static let day: Int64 = 86_400_000_000_000
  private static let needle = "needle-4711"

  /// - Parameters:
  ///   - bodies: lists of audit events as an API server writes them, which come again and again with other ids and moments.
  ///   - wanted: how many are stored, over one day.
  ///   - entity: a user of these events.
  static func measure(_ bodies: [[UInt8]], wanted: Int, entity: String) async throws {
    let folder = NSTemporaryDirectory() + "event-questions-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let clock = Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1e9))
    let start = clock.nanoseconds / day * day - day
    var stored = 0
    let began = processorTime()
    var store = try SQLiteEventStore(folder, mode: .writing, now: { clock })
    let models = bodies.map { Model($0) }
    while stored < wanted {
      for model in models where stored < wanted {
        var bytes = model.bytes
        for (place, offsets) in model.events.enumerated() {
          let moment = start + Int64(Double(stored + place) / Double(wanted) * Double(day))
          write(Array(UUID().uuidString.lowercased().utf8), at: offsets.id, in: &bytes)
          let text = Array(timeText(moment).utf8)
          for offset in offsets.times { write(text, at: offset, in: &bytes) }
        }
        if stored <= wanted / 3, wanted / 3 < stored + model.events.count, let first = model.events.first {
          // As long as what it stands for, so that nothing moves.
          write(Array(needle.utf8), at: first.id, in: &bytes)
        }
        var options = DecodeOptions()
        options.receivedAt = clock
        let batch = EventDecoder.decode(bytes, options: options)
        stored += try await store.append([EventDelivery(batch)]).deliveries.first?.stored ?? 0
      }
    }
    try await store.seal()
    let used = processorTime() - began
    let status = try await store.status()
    let size = status.days.reduce(0) { $0 + $1.storedBytes }
    let raw = status.days.reduce(0) { $0 + $1.rawBytes }
    try await store.close()
    print("\(stored) events stored, \(size >> 20) MiB, \(size / max(1, stored)) bytes each of \(raw / max(1, stored))")
    print("  made and stored: \(Int(Double(stored) / used)) events for each second of processor time")
    store = try SQLiteEventStore(folder, mode: .reading, now: { clock })
    let hour = TimeRange(
      since: Timestamp(nanoseconds: start + 10 * day / 24), until: Timestamp(nanoseconds: start + 11 * day / 24))
    func selection(_ text: String, _ time: TimeRange = TimeRange()) throws -> EventSelection {
      // As the server asks it for whoever may not see secrets.
      EventSelection(try CompiledQuery(text, now: clock), time: time, isMasked: true)
    }
    try await ask("an entity in an hour, the latest 100") {
      try await store.search(EventSearch(selection("user.name: \"\(entity)\"", hour), limit: 100)).events.count
    }
    try await ask("a needle in the originals") {
      try await store.search(EventSearch(selection("\"\(needle)\""), limit: 100)).events.count
    }
    try await ask("five-minute buckets of a day") {
      try await store.statistics(StatisticsRequest(bucket: 300_000_000_000), of: selection("*")).statistics.total
    }
    try await store.close()
  }

  private static func ask(_ what: String, _ body: () async throws -> Int) async throws {
    var used: [Double] = []
    var took: [Double] = []
    var found = 0
    for _ in 0..<5 {
      let (began, at) = (processorTime(), ContinuousClock.now)
      found = try await body()
      used.append(processorTime() - began)
      took.append((ContinuousClock.now - at) / .milliseconds(1))
    }
    let least = (used.min() ?? 0) * 1000
    print(
      "  \(what): \(found) found, \(Int(least.rounded(.up))) ms of processor time, \(Int((took.min() ?? 0).rounded(.up))) ms"
    )
  }

  // MARK: Events

  /// A list of events, and where in it ids and moments stand.
  private struct Model {
    let bytes: [UInt8]
    var events: [(id: Int, times: [Int])] = []

    init(_ body: [UInt8]) {
      bytes = body
      var place = 0
      while let id = Self.place(of: "\"auditID\":\"", in: body, from: place) {
        var times: [Int] = []
        place = id
        for name in ["\"requestReceivedTimestamp\":\"", "\"stageTimestamp\":\""] {
          guard let time = Self.place(of: name, in: body, from: place) else { continue }
          times.append(time)
          place = time
        }
        events.append((id, times))
      }
    }

    /// Behind a text.
    private static func place(of text: String, in bytes: [UInt8], from start: Int) -> Int? {
      let wanted = Array(text.utf8)
      var place = start
      while place + wanted.count <= bytes.count {
        if bytes[place] == 0x22, bytes[place + 1] == wanted[1],
          bytes[place..<place + wanted.count].elementsEqual(wanted)
        {
          return place + wanted.count
        }
        place += 1
      }
      return nil
    }
  }

  private static func write(_ text: [UInt8], at place: Int, in bytes: inout [UInt8]) {
    for (offset, byte) in text.enumerated() { bytes[place + offset] = byte }
  }

  /// With six digits behind the point, as the API server writes moments.
  private static func timeText(_ nanoseconds: Int64) -> String {
    let whole = Timestamp(nanoseconds: nanoseconds / 1_000_000_000 * 1_000_000_000).text
    let digits = String(nanoseconds % 1_000_000_000 / 1000)
    return whole.prefix(19) + "." + String(repeating: "0", count: 6 - digits.count) + digits + "Z"
  }
}
