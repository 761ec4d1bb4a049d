import Bytes

/// How many events of a block lie in each minute of its hour: what counting over time needs of it, without its events.
struct MinuteCounts {
  static let width: Int64 = 60_000_000_000
  private static let perHour = 60

  /// By minute of the hour.
  private(set) var counts = [Int](repeating: 0, count: perHour)
  /// The first moment of the hour.
  let start: Int64

  /// - Parameter hour: hours since 1970.
  init(hour: Int64) { start = hour &* 3_600_000_000_000 }

  /// - Parameter moment: within the hour; others are not counted, and make what was counted unusable.
  mutating func add(_ moment: Int64) {
    let minute = (moment &- start) / Self.width
    if moment >= start, minute < Self.perHour { counts[Int(minute)] += 1 }
  }

  /// The minutes that hold events, with their first moments.
  var minutes: [(start: Int64, count: Int)] {
    counts.enumerated().compactMap { $1 == 0 ? nil : (start + Int64($0) * Self.width, $1) }
  }

  // MARK: Bytes

  var bytes: [UInt8] {
    var writer = ByteWriter()
    for count in counts { writer.variable(count) }
    return writer.bytes
  }

  /// - Returns: nil for what is damaged, and where the counts do not come to the number of events.
  init?(_ bytes: [UInt8], hour: Int64, events: Int) {
    self.init(hour: hour)
    var reader = ByteReader(bytes)
    var sum = 0
    for minute in counts.indices {
      guard let count = reader.count(atMost: events) else { return nil }
      counts[minute] = count
      sum += count
    }
    guard sum == events, reader.remaining == 0 else { return nil }
  }
}
