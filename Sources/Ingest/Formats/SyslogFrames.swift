/// Cuts a stream of syslog into messages: those that tell their length, and those that end with a line feed, a zero byte or both
/// kinds of line end. A stream may change from one to the other with every message.
///
/// Nothing is dropped. A message that is too long, or that the stream ends within, comes in parts.
///
/// Source: RFC 6587, section 3.4; RFC 5425, section 4.3; rsyslog's `imtcp` for the mixture.
struct SyslogFrames {
  /// Longest message in bytes.
  private let limit: Int
  /// Longest length that a message may tell. A larger number is text.
  private static let longestFrame = 16 << 20
  private static let mostDigits = 9

  private var bytes: [UInt8] = []
  /// Bytes in which no end of a line was found.
  private var searched = 0
  /// Of a message that told its length.
  private var left: Int?

  /// What came of some bytes.
  struct Cut: Equatable {
    var bytes: [UInt8] = []
    /// Messages without what ends them.
    var messages: [Range<Int>] = []
    /// Messages that were too long and come in parts.
    var parted = 0
    /// Messages that the stream ended within.
    var unfinished = 0
  }

  init(limit: Int) { self.limit = max(1, limit) }

  /// Bytes that wait for the rest of their message.
  var pendingCount: Int { bytes.count }

  /// - Parameter isLast: whether the stream has ended, so that what is left is a message.
  mutating func take(_ more: [UInt8], isLast: Bool = false) -> Cut {
    if bytes.isEmpty { bytes = more } else { bytes += more }
    var cut = Cut()
    var (searched, left) = (searched, left)
    let place = Self.cut(bytes.span, limit: limit, isLast: isLast, &searched, &left, &cut)
    (self.searched, self.left) = (searched, left)
    guard place > 0 else { return cut }
    if place == bytes.count {
      swap(&cut.bytes, &bytes)
    } else {
      cut.bytes = Array(bytes[..<place])
      bytes.removeFirst(place)
    }
    return cut
  }

  /// Takes what waits for its rest as it is.
  mutating func flush() -> Cut {
    let left = left
    let count = bytes.count
    var cut = take([], isLast: true)
    // The rest of a message that told its length is still to come.
    if let left, left > count { self.left = left - count }
    cut.parted += cut.unfinished
    cut.unfinished = 0
    return cut
  }

  /// - Returns: the place up to which everything was cut.
  private static func cut(
    _ bytes: Span<UInt8>, limit: Int, isLast: Bool, _ searched: inout Int, _ left: inout Int?, _ cut: inout Cut
  ) -> Int {
    var place = 0
    func add(_ start: Int, _ end: Int) {
      var range = start..<end
      while let last = range.last, isEnd(bytes[last]) { range = range.lowerBound..<last }
      while let first = range.first, isEnd(bytes[first]) { range = first + 1..<range.upperBound }
      if !range.isEmpty { cut.messages.append(range) }
    }
    while place < bytes.count {
      if let count = left {
        let available = min(count, bytes.count - place)
        guard available == count || available >= limit || isLast else { return place }
        let size = min(available, limit)
        add(place, place + size)
        place += size
        left = size == count ? nil : count - size
        if size < count {
          if isLast, place == bytes.count { cut.unfinished += 1 } else { cut.parted += 1 }
        }
        if isLast, place == bytes.count { left = nil }
        continue
      }
      if isEnd(bytes[place]) {
        place += 1
        continue
      }
      switch length(bytes, place, isLast: isLast) {
      case .waits: return place
      case .counted(let start, let count):
        place = start
        left = count
        searched = 0
        continue
      case .line: break
      }
      var end = max(place, min(searched, bytes.count))
      while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0, end - place < limit { end += 1 }
      let isFound = end < bytes.count && (bytes[end] == 0x0A || bytes[end] == 0)
      guard isFound || end - place >= limit || isLast else {
        searched = end - place
        return place
      }
      searched = 0
      add(place, end)
      if !isFound, end - place >= limit { cut.parted += 1 }
      place = end
    }
    searched = 0
    return place
  }

  private enum Length {
    case counted(start: Int, Int)
    case line
    /// Whether it is a number cannot be told yet.
    case waits
  }

  /// The length that a message tells, if it does: a number, a blank, and the priority that every message begins with. A line
  /// that begins with a number is none.
  private static func length(_ bytes: Span<UInt8>, _ start: Int, isLast: Bool) -> Length {
    guard bytes[start] >= 0x31, bytes[start] <= 0x39 else { return .line }
    var place = start
    var count = 0
    while place < bytes.count, bytes[place] >= 0x30, bytes[place] <= 0x39 {
      guard place - start < mostDigits else { return .line }
      count = count * 10 + Int(bytes[place] - 0x30)
      place += 1
    }
    guard place + 1 < bytes.count else {
      if isLast || place < bytes.count && bytes[place] != 0x20 { return .line }
      return .waits
    }
    guard bytes[place] == 0x20, bytes[place + 1] == 0x3C, count <= longestFrame else { return .line }
    return .counted(start: place + 1, count)
  }

  private static func isEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D || byte == 0 }
}
