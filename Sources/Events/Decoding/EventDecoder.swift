import Bytes

/// Decodes bytes into events: a file, the next piece of a stream, or the body of a request.
///
/// The format is recognised record by record: JSON objects (lines, pretty-printed, concatenated, in an array, or in a
/// document that holds many), or lines. A record that cannot be understood affects nothing else. It is kept as an event
/// of dataset `unparsed`, with a `RecordProblem`.
package struct EventDecoder: Sendable {
  package let options: DecodeOptions
  /// The envelope of the records that follow.
  package var envelope: Envelope

  private var pending: [UInt8] = []
  /// Whether the input was checked for being text.
  private var isBegun = false
  private var isBinary = false
  /// Within a JSON array of records.
  private var isInArray = false
  /// Number of bytes skipped so far of a line that is too large; nil outside of one.
  private var passedOver: Int?
  private var passedOverLine = 0
  /// Number of lines before the pending bytes.
  private var lines = 0
  /// An incomplete record is not tried again before this many bytes are available.
  private var retryAt = 0
  private var count = 0
  private var isFull = false
  private var joiners = ContainerLines.perStream
  private var header: [String]
  /// Zero bytes of the run that is being passed over, and the line before which it stands.
  private var zeros = 0
  private var zerosLine = 0
  /// The first zero byte of the input at or behind the place that was asked for last.
  private var nextZero = 0

  /// So many zero bytes in a row are no part of a record: they stand where a file has a hole, or where a machine lost
  /// what it had not written.
  private static let zeroRun = 16

  /// What a container printed and its runtime had not finished writing when the input ended. The file that follows in
  /// time finishes it.
  package struct OpenLines: Sendable {
    fileprivate let joiners: [ContainerLines]
  }

  /// - Parameter open: what the input before this one left open.
  package init(options: DecodeOptions = DecodeOptions(), envelope: Envelope = .none, continuing open: OpenLines? = nil)
  {
    self.options = options
    self.envelope = envelope
    if let open { joiners = open.joiners }
    if case .csv(let columns, _) = options.format { header = columns } else { header = [] }
  }

  /// Decodes a complete input.
  package static func decode(
    _ bytes: [UInt8], options: DecodeOptions = DecodeOptions(), envelope: Envelope = .none
  ) -> EventBatch {
    var decoder = EventDecoder(options: options, envelope: envelope)
    return decoder.read(bytes, isLast: true)
  }

  /// Decodes messages that something outside of them separates, as the frames of a protocol do. Each is one record,
  /// whatever line feeds or zero bytes it contains, or a document of many; none is lost.
  ///
  /// - Parameter messages: ranges of the bytes, in ascending order.
  package static func decode(
    _ bytes: [UInt8], messages: [Range<Int>], options: DecodeOptions = DecodeOptions(), envelope: Envelope = .none
  ) -> EventBatch {
    var options = options
    options.format = .automatic
    var builder = BatchBuilder(options: options, envelope: envelope, header: [])
    for (index, range) in messages.enumerated() {
      builder.message(bytes.span, range.clamped(to: bytes.indices), line: index + 1)
    }
    return builder.build(input: bytes)
  }

  /// Decodes the next bytes. An incomplete record is kept for the next call.
  package mutating func decode(_ bytes: [UInt8]) -> EventBatch { read(bytes, isLast: false) }

  /// Decodes what is left at the end of an input that another one continues.
  ///
  /// - Returns: its last events, and what it leaves open; nil where that is nothing.
  package mutating func finishLeavingOpen() -> (batch: EventBatch, open: OpenLines?) {
    let batch = read([], isLast: true, leavesOpen: true)
    let left = joiners
    self = EventDecoder(options: options, envelope: envelope)
    return (batch, left.contains { $0.isUnfinished } ? OpenLines(joiners: left) : nil)
  }

  /// Decodes what is left at the end of an input. The decoder can then be used for another one.
  package mutating func finish() -> EventBatch {
    let batch = read([], isLast: true)
    self = EventDecoder(options: options, envelope: envelope)
    return batch
  }

  /// Number of bytes that wait for the rest of their record.
  package var pendingCount: Int { pending.count }

  private mutating func read(_ bytes: [UInt8], isLast: Bool, leavesOpen: Bool = false) -> EventBatch {
    var builder = BatchBuilder(options: options, envelope: envelope, header: header)
    if pending.isEmpty {
      pending = bytes
    } else {
      pending += bytes
    }
    guard isLast || pending.count >= retryAt else { return builder.build(input: []) }
    retryAt = 0
    let input = pending
    pending = []
    let used = run(input.span, isLast: isLast, &builder)
    if used < input.count { pending = Array(input[used...]) }
    if isLast {
      for index in joiners.indices {
        if joiners[index].isUnfinished {
          if leavesOpen {
            joiners[index].leave(input.span)
            continue
          }
          builder.problems.append(RecordProblem(.unfinished, line: max(1, joiners[index].number)))
        }
        joiners[index].flush(input.span, &builder)
      }
      if let passedOver {
        builder.problems.append(RecordProblem(.tooLarge(bytes: passedOver), line: passedOverLine))
      }
    } else {
      for index in joiners.indices { joiners[index].keep(input.span) }
    }
    header = builder.header
    return builder.build(input: input)
  }

  // MARK: Records

  /// - Returns: the position up to which everything was read.
  private mutating func run(_ bytes: Span<UInt8>, isLast: Bool, _ builder: inout BatchBuilder) -> Int {
    var place = 0
    nextZero = 0
    if !isBegun {
      guard isLast || bytes.count >= 4 else { return 0 }
      place = Self.zerosEnd(bytes, 0)
      zeros += place
      guard isLast || bytes.count - place >= 4 else { return place }
      isBegun = true
      if Self.isBinary(bytes, place) {
        isBinary = true
        builder.problems.append(RecordProblem(.binary, line: 1))
      } else if zeros > 0 {
        // Before everything else it is a hole: the log was emptied while its writer kept its place. Nothing but zero
        // bytes is no log, and may have been one.
        builder.problems.append(RecordProblem(.zeros(bytes: zeros, isHole: place < bytes.count), line: 1))
      }
      zeros = 0
      if bytes.starts(place, with: "\u{FEFF}") { place += 3 }
    }
    if isBinary || isFull { return bytes.count }
    if case .csv(_, let delimiter) = options.format {
      return CSVRows.read(bytes, place, delimiter: delimiter, isLast: isLast, lines: &lines, &builder)
    }
    defer {
      count += builder.records.count
      if isLast { tellZeros(&builder) }
    }
    while place < bytes.count {
      if let passed = passedOver {
        guard let end = bytes.first(0x0A, from: place) else {
          passedOver = passed + bytes.count - place
          return bytes.count
        }
        builder.problems.append(RecordProblem(.tooLarge(bytes: passed + end - place), line: passedOverLine))
        passedOver = nil
        place = end + 1
        lines += 1
        continue
      }
      if bytes[place] == 0 {
        let end = Self.zerosEnd(bytes, place)
        if zeros == 0 { zerosLine = lines + 1 }
        zeros += end - place
        place = end
        continue
      }
      tellZeros(&builder)
      guard count + builder.records.count < options.records else {
        builder.problems.append(RecordProblem(.tooMany(limit: options.records), line: lines + 1))
        isFull = true
        return bytes.count
      }
      switch next(bytes, place, isLast: isLast, &builder) {
      case .taken(let end): place = end
      case .waits: return place
      case .tooLarge:
        passedOver = 0
        passedOverLine = lines + 1
      }
    }
    return place
  }

  private mutating func tellZeros(_ builder: inout BatchBuilder) {
    guard zeros > 0 else { return }
    builder.problems.append(RecordProblem(.zeros(bytes: zeros, isHole: false), line: zerosLine))
    zeros = 0
  }

  /// Where the zero bytes from a place on end.
  private static func zerosEnd(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var place = start
    let raw = bytes.bytes
    while place &+ 8 <= bytes.count, raw.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self) == 0 {
      place &+= 8
    }
    while place < bytes.count, bytes[place] == 0 { place &+= 1 }
    return place
  }

  /// Where the first run of zero bytes begins that is no part of a record; nil where there is none.
  private mutating func zerosBegin(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    // Nearly every input has no zero byte at all, which one look tells.
    if nextZero < range.lowerBound || nextZero == 0 { nextZero = bytes.first(0, from: range.lowerBound) ?? bytes.count }
    var place = nextZero
    while place < range.upperBound {
      let end = Self.zerosEnd(bytes, place)
      if end - place >= Self.zeroRun { return place }
      place = bytes.first(0, from: end) ?? bytes.count
    }
    return nil
  }

  private enum Step {
    case taken(Int)
    /// More bytes are needed.
    case waits
    case tooLarge
  }

  /// Reads the record at a position, or what separates records.
  private mutating func next(
    _ bytes: Span<UInt8>, _ place: Int, isLast: Bool, _ builder: inout BatchBuilder
  ) -> Step {
    let first = Self.skipBlank(bytes, place)
    guard first < bytes.count else {
      // Blanks at the end are a line only where nothing follows.
      return isLast ? .taken(first) : .waits
    }
    var fault: RecordFault?
    switch bytes[first] {
    case 0x0A:
      lines += 1
      return .taken(first + 1)
    case 0x7B:
      let end = builder.object(bytes, first, line: lines + 1, &joiners)
      if end >= 0 {
        lines += Self.lineFeeds(bytes, first..<end)
        return .taken(end)
      }
      if end == JSONScan.large {
        let after = JSONScan.valueEnd(bytes, first)
        builder.problems.append(RecordProblem(.tooLarge(bytes: after - first), line: lines + 1))
        lines += Self.lineFeeds(bytes, first..<after)
        return .taken(after)
      }
      // No JSON holds zero bytes: where they are, it ends.
      if end == JSONScan.incomplete, !isLast, zerosBegin(bytes, first..<bytes.count) == nil {
        let length = bytes.count - first
        guard length <= options.recordBytes else { return .tooLarge }
        // Small records are tried with every piece; the bytes of large ones are scanned a few times at most.
        retryAt = length > 1 << 20 ? length + length / 2 : 0
        return .waits
      }
      fault = end == JSONScan.deep ? .tooDeep : end == JSONScan.incomplete ? .cut : .malformedJSON
    case 0x5B where !isInArray:
      let inner = JSONScan.skipSpace(bytes, first + 1)
      guard inner < bytes.count || isLast else { return .waits }
      if inner < bytes.count, bytes[inner] == 0x7B || bytes[inner] == 0x5D {
        lines += Self.lineFeeds(bytes, first..<inner)
        isInArray = bytes[inner] == 0x7B
        return .taken(isInArray ? inner : inner + 1)
      }
    case 0x2C where isInArray: return .taken(first + 1)
    case 0x5D where isInArray:
      isInArray = false
      return .taken(first + 1)
    default: break
    }
    let found = bytes.first(0x0A, from: place)
    if let end = zerosBegin(bytes, place..<(found ?? bytes.count)) {
      if end - place > options.recordBytes {
        builder.problems.append(RecordProblem(.tooLarge(bytes: end - place), line: lines + 1))
      } else if first < end {
        builder.line(bytes, place..<end, line: lines + 1, fault: fault, &joiners)
      }
      return .taken(end)
    }
    guard let end = found ?? (isLast ? bytes.count : nil) else {
      return bytes.count - place > options.recordBytes ? .tooLarge : .waits
    }
    if end - place > options.recordBytes {
      builder.problems.append(RecordProblem(.tooLarge(bytes: end - place), line: lines + 1))
    } else {
      builder.line(bytes, place..<end, line: lines + 1, fault: fault, &joiners)
    }
    guard found != nil else { return .taken(end) }
    lines += 1
    return .taken(end + 1)
  }

  @inline(__always)
  private static func skipBlank(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var place = start
    while place < bytes.count, bytes[place] == 0x20 || bytes[place] == 0x09 || bytes[place] == 0x0D { place += 1 }
    return place
  }

  static func lineFeeds(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    var count = 0
    var place = range.lowerBound
    let raw = bytes.bytes
    let end = min(range.upperBound, bytes.count)
    let ones: UInt64 = 0x0101_0101_0101_0101
    let low = ones &* 0x7F
    // Eight bytes at a time: each of the eight counts for itself, and is added up before it can overflow.
    while place &+ 8 <= end {
      var counts: UInt64 = 0
      var left = 255
      while left > 0, place &+ 8 <= end {
        let word = raw.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self) ^ ones &* 0x0A
        counts &+= ~((word & low) &+ low | word | low) >> 7
        place &+= 8
        left &-= 1
      }
      let pairs = counts & 0x00FF_00FF_00FF_00FF &+ (counts >> 8) & 0x00FF_00FF_00FF_00FF
      count &+= Int((pairs &* 0x0001_0001_0001_0001) >> 48)
    }
    while place < end {
      if bytes[place] == 0x0A { count &+= 1 }
      place &+= 1
    }
    return count
  }

  /// Archives, images and programs have zero bytes early on, among other bytes that are no text. Long runs of zero bytes
  /// between lines do not count: they are in logs as well.
  private static func isBinary(_ bytes: Span<UInt8>, _ start: Int) -> Bool {
    if start + 1 < bytes.count, bytes[start] == 0x1F, bytes[start + 1] == 0x8B { return true }
    // A tar archive is names and numbers in text between runs of zero bytes.
    if start + 262 <= bytes.count, bytes.starts(start + 257, with: "ustar") { return true }
    let end = min(bytes.count, start + 4_096)
    var zeros = 0
    var others = 0
    var strange = 0
    var place = start
    while place < end {
      if bytes[place] == 0 {
        let after = min(end, zerosEnd(bytes, place))
        zeros += after - place
        if after - place < zeroRun, after < bytes.count {
          strange += after - place
          others += after - place
        }
        place = after
      } else {
        others += 1
        let isControl = bytes[place] < 0x20 && !(0x08...0x0D).contains(bytes[place]) && bytes[place] != 0x1B
        if isControl || bytes[place] == 0x7F { strange += 1 }
        place += 1
      }
    }
    // A single one makes a line of text no program, but the four bytes with which one begins.
    return zeros > 0 && strange * 16 >= others && (strange > 1 || strange > 0 && others < 8)
  }
}
