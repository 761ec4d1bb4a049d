import Bytes
import Events

/// Originals with what is needed to make their events again, in the form in which they are stored.
struct StoredRecords {
  /// Contexts, how many events follow each other with one, lengths and positions.
  private(set) var contexts: [RecordContext] = []
  private(set) var runs: [(context: Int, count: Int)] = []
  private(set) var lengths: [Int] = []
  private(set) var positions: [Int64] = []
  /// The originals, with a line feed after each.
  private(set) var originals: [UInt8] = []
  private var places: [RecordContext: Int] = [:]
  /// The context of the event that was added last, which the next one mostly shares.
  private var latest: (event: Event, place: Int)?

  /// Maximum number of records that are read, and of bytes of originals: beyond, the data is damaged.
  private static let mostRecords = 1 << 24
  private static let mostContexts = 1 << 24
  private static let version: UInt64 = 1

  init() {}

  /// Bytes of the originals alone.
  var rawBytes: Int { originals.count - lengths.count }

  /// Makes room, so that nothing that was added is copied for want of it.
  ///
  /// - Parameter bytes: of the originals.
  mutating func reserve(_ count: Int, bytes: Int) {
    lengths.reserveCapacity(count)
    positions.reserveCapacity(count)
    originals.reserveCapacity(bytes + count)
  }

  mutating func add(_ event: Event, at position: Int64) {
    let place = latest.flatMap { $0.event.sharesContext(with: event) ? $0.place : nil } ?? self.place(of: event)
    latest = (event, place)
    if runs.last?.context == place {
      runs[runs.count - 1].count += 1
    } else {
      runs.append((place, 1))
    }
    event.withOriginal { original in
      lengths.append(original.count)
      original.withUnsafeBufferPointer { originals.append(contentsOf: $0) }
    }
    originals.append(0x0A)
    positions.append(position)
  }

  private mutating func place(of event: Event) -> Int {
    let context = event.context
    if let known = places[context] { return known }
    let place = contexts.count
    places[context] = place
    contexts.append(context)
    return place
  }

  /// The events again, in the order in which they were added.
  ///
  /// - Parameter sieve: leaves out events that it knows not to match.
  func events(_ sieve: RecordSieve? = nil) -> [StoredEvent] {
    var events: [StoredEvent] = []
    if sieve == nil { events.reserveCapacity(lengths.count) }
    var index = 0
    var start = 0
    for (context, count) in runs {
      let own = Array(lengths[index..<index + count])
      let end = start + own.reduce(0, +) + count
      let context = contexts[context]
      if let sieve, sieve.isUsable(context) {
        restore(index..<index + count, from: start..<end, context, sieve, into: &events)
      } else {
        let made = EventDecoder.restore(Array(originals[start..<end]), lengths: own, context: context)
        for (place, event) in made.enumerated() {
          events.append(StoredEvent(event, at: EventPosition(positions[index + place])))
        }
      }
      index += count
      start = end
    }
    return events
  }

  /// Adds those events of a run that pass.
  private func restore(
    _ run: Range<Int>, from bytesOfRun: Range<Int>, _ context: RecordContext, _ sieve: RecordSieve,
    into events: inout [StoredEvent]
  ) {
    var passing: [Int] = []
    var bytes: [UInt8] = []
    let isSpelled = RecordSieve.isSpelled(originals.span.extracting(bytesOfRun), count: run.count)
    var place = bytesOfRun.lowerBound
    for index in run {
      let range = place..<place + lengths[index]
      if sieve.passes(originals.span.extracting(range), isSpelled: isSpelled) {
        passing.append(index)
        bytes += originals[range]
        bytes.append(0x0A)
      }
      place = range.upperBound + 1
    }
    let made = EventDecoder.restore(bytes, lengths: passing.map { lengths[$0] }, context: context)
    for (index, event) in zip(passing, made) { events.append(StoredEvent(event, at: EventPosition(positions[index]))) }
  }

  // MARK: Bytes

  /// Everything but the originals.
  var head: [UInt8] {
    var writer = ByteWriter()
    writer.variable(Self.version)
    writer.variable(originals.count)
    writer.variable(contexts.count)
    for context in contexts { writer.context(context) }
    writer.variable(runs.count)
    for run in runs {
      writer.variable(run.context)
      writer.variable(run.count)
    }
    writer.variable(lengths.count)
    for length in lengths { writer.variable(length) }
    var before: Int64 = 0
    for position in positions {
      writer.signed(position &- before)
      before = position
    }
    return writer.bytes
  }

  /// The size of the originals that a head tells.
  static func originalBytes(_ head: [UInt8]) -> Int? {
    var reader = ByteReader(head)
    guard reader.variableInteger() == version else { return nil }
    return reader.count(atMost: 1 << 31)
  }

  /// - Returns: nil for what `head` did not make of these originals.
  init?(head: [UInt8], originals: [UInt8]) {
    var reader = ByteReader(head)
    guard reader.variableInteger() == Self.version, reader.count(atMost: 1 << 31) == originals.count,
      let contextCount = reader.count(atMost: Self.mostContexts)
    else { return nil }
    for _ in 0..<contextCount {
      guard let context = reader.context() else { return nil }
      contexts.append(context)
    }
    guard let runCount = reader.count(atMost: Self.mostRecords) else { return nil }
    var total = 0
    for _ in 0..<runCount {
      guard let context = reader.count(atMost: max(0, contexts.count - 1)), context < contexts.count,
        let count = reader.count(atMost: Self.mostRecords)
      else { return nil }
      runs.append((context, count))
      total += count
    }
    guard let count = reader.count(atMost: Self.mostRecords), count == total else { return nil }
    var bytes = 0
    for _ in 0..<count {
      guard let length = reader.count(atMost: originals.count) else { return nil }
      lengths.append(length)
      bytes += length + 1
    }
    guard bytes == originals.count else { return nil }
    var before: Int64 = 0
    for _ in 0..<count {
      guard let step = reader.signed() else { return nil }
      before = before &+ step
      positions.append(before)
    }
    self.originals = originals
  }
}

extension ByteWriter {
  fileprivate mutating func context(_ context: RecordContext) {
    signed(context.receivedAt?.nanoseconds ?? .min)
    variable(context.envelope.entries.count)
    for entry in context.envelope.entries {
      text(entry.field.name)
      text(entry.value)
    }
    variable(context.trustedProxies.count)
    for range in context.trustedProxies {
      variable(range.isV6 ? 1 : 0)
      for number in [range.low, range.high] {
        fixed(UInt64(truncatingIfNeeded: number >> 64))
        fixed(UInt64(truncatingIfNeeded: number))
      }
    }
    text(context.fault?.rawValue ?? "")
    guard let table = context.table else { return variable(0) }
    variable(1)
    bytes.append(table.delimiter)
    variable(table.columns.count)
    for name in table.columns { text(name) }
  }
}

extension ByteReader {
  fileprivate mutating func context() -> RecordContext? {
    guard let time = signed(), let entryCount = count(atMost: 1 << 16) else { return nil }
    var entries: [Envelope.Entry] = []
    for _ in 0..<entryCount {
      guard let name = text(), let value = text() else { return nil }
      // A field of another version of this program is lost, its event is not.
      if let field = FieldID(name: name) { entries.append(Envelope.Entry(field, value)) }
    }
    guard let proxyCount = count(atMost: 1 << 16) else { return nil }
    var proxies: [IPRange] = []
    for _ in 0..<proxyCount {
      guard let family = count(atMost: 1) else { return nil }
      var numbers: [UInt128] = []
      for _ in 0..<2 {
        guard let high = integer(.little, as: UInt64.self), let low = integer(.little, as: UInt64.self) else {
          return nil
        }
        numbers.append(UInt128(high) << 64 | UInt128(low))
      }
      proxies.append(IPRange(isV6: family == 1, low: numbers[0], high: numbers[1]))
    }
    guard let fault = text(), let isTable = count(atMost: 1) else { return nil }
    var table: RecordContext.Table?
    if isTable == 1 {
      guard let delimiter = byte(), let columnCount = count(atMost: 1 << 16) else { return nil }
      var columns: [String] = []
      for _ in 0..<columnCount {
        guard let name = text() else { return nil }
        columns.append(name)
      }
      table = RecordContext.Table(columns: columns, delimiter: delimiter)
    }
    return RecordContext(
      envelope: Envelope(entries), receivedAt: time == .min ? nil : Timestamp(nanoseconds: time), table: table,
      trustedProxies: proxies, fault: RecordFault(rawValue: fault))
  }
}
