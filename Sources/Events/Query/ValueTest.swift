import Bytes

/// What a value of a field must be.
///
/// Values compare by the type of the field where the catalogue knows it, and by what both sides are otherwise: numbers
/// as numbers, addresses also with networks, moments also with days, prose word by word, everything else whole and with
/// its case.
struct ValueTest: Sendable {
  enum Kind: Sendable {
    case equals
    case wildcard([[UInt8]])
    case range(QueryNode.Comparison)
    case exists
  }

  let kind: Kind
  let type: FieldID.ValueType?
  let text: String
  let bytes: [UInt8]
  /// Single words of an unquoted text, where there are several: one is enough.
  let words: [[UInt8]]
  /// For prose: all of a phrase in order, or any of the words.
  let phrases: [WordSequence]
  let number: Double?
  let network: IPRange?
  let time: TimeRange?
  /// `field >= 1` on anything compares texts where the text is no number.
  let moment: Timestamp?

  init(_ value: QueryNode.Value, type: FieldID.ValueType?, now: Timestamp) {
    switch value {
    case .words(let text):
      self.init(text: text, kind: .equals, type: type, now: now, isPhrase: false)
    case .phrase(let text):
      self.init(text: text, kind: .equals, type: type, now: now, isPhrase: true)
    case .wildcard(let pieces):
      self.init(
        text: pieces.joined(separator: "*"), kind: .wildcard(pieces.map { Array($0.utf8) }), type: type, now: now,
        isPhrase: true)
    }
  }

  static func exists() -> ValueTest {
    ValueTest(text: "", kind: .exists, type: nil, now: Timestamp(nanoseconds: 0), isPhrase: true)
  }

  init(text: String, kind: Kind, type: FieldID.ValueType?, now: Timestamp, isPhrase: Bool) {
    self.kind = kind
    self.type = type
    self.text = text
    bytes = Array(text.utf8)
    let parts = isPhrase ? [] : text.split(whereSeparator: \.isWhitespace)
    words = parts.count > 1 ? parts.map { Array($0.utf8) } : []
    phrases = isPhrase ? [WordSequence(text)] : Tokens.of(text).map { WordSequence(words: [$0]) }
    number = Double(text)
    network = type == .address || type == nil ? Self.network(text) : nil
    let isDate = type == .date || type == nil
    moment = isDate ? TimeExpression.parse(text, now: now) : nil
    time = isDate ? Self.range(text, now) : nil
  }

  /// An address or a network; a plain number is none.
  private static func network(_ text: String) -> IPRange? {
    guard text.contains(".") || text.contains(":") else { return nil }
    return IPRange(cidr: text)
  }

  /// The span that a moment of a certain precision stands for: a day for a date, a second, or the moment itself.
  private static func range(_ text: String, _ now: Timestamp) -> TimeRange? {
    guard let start = TimeExpression.parse(text, now: now) else { return nil }
    let length: Int64
    switch text.utf8.count {
    case 10 where text.utf8.allSatisfy({ $0 != 0x3A }) && text.contains("-"): length = 86_400_000_000_000
    case 19...20 where !text.contains("."): length = 1_000_000_000
    default: length = 1
    }
    let (end, over) = start.nanoseconds.addingReportingOverflow(length)
    return TimeRange(since: start, until: over ? nil : Timestamp(nanoseconds: end))
  }

  // MARK: Testing

  func matches(_ value: FieldValue) -> Bool {
    switch value {
    case .time(let time): return matches(time)
    case .integer(let number): return matches(Double(number), spelled: String(number))
    case .number(let number): return matches(number, spelled: String(number))
    case .flag(let flag): return matches(text: Array((flag ? "true" : "false").utf8).span)
    case .text(let text):
      var text = text
      return text.withUTF8 { matches(text: $0.span) }
    }
  }

  /// A value where it stands, with its escapes resolved.
  func matches(_ bytes: Span<UInt8>, _ kind: JSONScan.Kind) -> Bool {
    switch kind {
    case .none, .null: return false
    case .number:
      if case .exists = self.kind { return true }
      return matches(text: bytes)
    default: return matches(text: bytes)
    }
  }

  func matches(_ time: Timestamp) -> Bool {
    switch kind {
    case .exists: return true
    case .equals: return self.time?.contains(time) ?? false
    case .wildcard(let pieces):
      let text = Array(time.text.utf8)
      return Self.matches(text.span, pieces)
    case .range(let comparison):
      guard let range = self.time, let start = range.since else { return false }
      switch comparison {
      case .less: return time < start
      case .greaterOrEqual: return time >= start
      // Of a day all of it counts.
      case .lessOrEqual: return range.until.map { time < $0 } ?? true
      case .greater: return range.until.map { time >= $0 } ?? false
      }
    }
  }

  private func matches(_ value: Double, spelled: String) -> Bool {
    switch kind {
    case .exists: return true
    case .equals:
      if let number { return number == value }
      return words.contains { Double(String(decoding: $0, as: UTF8.self)) == value }
    case .wildcard(let pieces):
      let text = Array(spelled.utf8)
      return Self.matches(text.span, pieces)
    case .range(let comparison):
      guard let number else { return false }
      return Self.holds(value, comparison, number)
    }
  }

  private static func holds<T: Comparable>(_ a: T, _ comparison: QueryNode.Comparison, _ b: T) -> Bool {
    switch comparison {
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    }
  }

  func matches(text value: Span<UInt8>) -> Bool {
    switch kind {
    case .exists: return true
    case .equals:
      if type == .text { return phrases.contains { $0.isIn(value, isJSON: false) } }
      if Self.equals(value, bytes) { return true }
      for word in words where Self.equals(value, word) { return true }
      if let network, type == .address || network.low != network.high {
        guard value.count <= 45, let address = IPAddress(value.text) else { return false }
        return network.contains(address)
      }
      if let number, type == nil || type == .integer || type == .number {
        return Self.number(value) == number
      }
      if let time, type == .date || type == nil, let moment = EventTime.moment(value) {
        return time.contains(Timestamp(nanoseconds: moment))
      }
      return false
    case .wildcard(let pieces):
      return Self.matches(value, pieces)
    case .range(let comparison):
      if type == .date || type == nil && number == nil && moment != nil {
        guard let nanoseconds = EventTime.moment(value) else { return false }
        return matches(Timestamp(nanoseconds: nanoseconds))
      }
      if type == .address || type == nil && number == nil && network != nil {
        guard let network, let address = IPAddress(value.text), address.isV6 == network.isV6 else { return false }
        switch comparison {
        case .less: return address.value < network.low
        case .lessOrEqual: return address.value <= network.high
        case .greater: return address.value > network.high
        case .greaterOrEqual: return address.value >= network.low
        }
      }
      if let number {
        guard let value = Self.number(value) else { return false }
        return Self.holds(value, comparison, number)
      }
      return Self.compare(value, bytes, comparison)
    }
  }

  private static func number(_ value: Span<UInt8>) -> Double? {
    guard value.count > 0, value.count <= 32 else { return nil }
    let first = value[0]
    guard first &- 0x30 < 10 || first == 0x2D || first == 0x2B || first == 0x2E else { return nil }
    if let whole = value.integer(0..<value.count) { return Double(whole) }
    return Double(value.text)
  }

  static func equals(_ value: Span<UInt8>, _ other: [UInt8]) -> Bool {
    guard value.count == other.count else { return false }
    for place in 0..<other.count where value[place] != other[place] { return false }
    return true
  }

  private static func compare(_ value: Span<UInt8>, _ other: [UInt8], _ comparison: QueryNode.Comparison) -> Bool {
    for place in 0..<min(value.count, other.count) where value[place] != other[place] {
      return holds(value[place], comparison, other[place])
    }
    return holds(value.count, comparison, other.count)
  }

  /// Whole, with anything at the asterisks. Time is bounded by the product of the lengths.
  static func matches(_ value: Span<UInt8>, _ pieces: [[UInt8]]) -> Bool {
    guard let first = pieces.first, let last = pieces.last else { return value.count == 0 }
    if pieces.count == 1 { return equals(value, first) }
    guard value.count >= first.count + last.count else { return false }
    for place in 0..<first.count where value[place] != first[place] { return false }
    let tail = value.count - last.count
    for place in 0..<last.count where value[tail + place] != last[place] { return false }
    var place = first.count
    for piece in pieces[1..<pieces.count - 1] {
      guard let found = firstPlace(value, piece, place, tail) else { return false }
      place = found + piece.count
    }
    return true
  }

  private static func firstPlace(_ value: Span<UInt8>, _ piece: [UInt8], _ start: Int, _ end: Int) -> Int? {
    guard let head = piece.first else { return start }
    var place = start
    while let found = value.first(head, from: place, to: max(start, end - piece.count + 1)) {
      var offset = 1
      while offset < piece.count, value[found + offset] == piece[offset] { offset += 1 }
      if offset == piece.count { return found }
      place = found + 1
    }
    return nil
  }
}
