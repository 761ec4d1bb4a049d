/// Reads and writes the ASCII digits of dates and times.
struct TimeText {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0

  /// - Parameter bytes: must outlive this value.
  private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// Reads a complete text; nil where anything is left at its end.
  static func read<T>(_ bytes: UnsafeBufferPointer<UInt8>, _ body: (inout TimeText) -> T?) -> T? {
    var text = TimeText(bytes)
    guard let value = body(&text), text.place == bytes.count else { return nil }
    return value
  }

  static func read<T>(_ text: some StringProtocol, _ body: (inout TimeText) -> T?) -> T? {
    var text = String(text)
    return text.withUTF8 { read($0, body) }
  }

  mutating func next() -> UInt8? {
    guard place < bytes.count else { return nil }
    defer { place += 1 }
    return bytes[place]
  }

  mutating func skip(_ byte: UInt8) -> Bool {
    guard place < bytes.count, bytes[place] == byte else { return false }
    place += 1
    return true
  }

  /// A number with exactly this many digits; nil otherwise.
  mutating func number(_ digits: Int) -> Int? {
    guard digits <= bytes.count - place else { return nil }
    var value = 0
    for _ in 0..<digits {
      let digit = bytes[place] &- 0x30
      guard digit < 10 else { return nil }
      value = value * 10 + Int(digit)
      place += 1
    }
    return value
  }

  /// Nanoseconds after a decimal point; digits beyond the ninth are ignored.
  mutating func fraction() -> Int? {
    var value = 0
    var digits = 0
    while place < bytes.count, bytes[place] &- 0x30 < 10 {
      if digits < 9 { value = value * 10 + Int(bytes[place] &- 0x30) }
      digits += 1
      place += 1
    }
    guard digits > 0 else { return nil }
    for _ in min(digits, 9)..<9 { value *= 10 }
    return value
  }

  mutating func date() -> CalendarDate? {
    guard let year = number(4), skip(0x2D), let month = number(2), skip(0x2D), let day = number(2) else { return nil }
    return CalendarDate(year: year, month: month, day: day)
  }

  static func append(_ number: Int, digits: Int, to bytes: inout [UInt8]) {
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      bytes.append(0x30 + UInt8(number / divisor % 10))
      divisor /= 10
    }
  }

  static func append(_ date: CalendarDate, to bytes: inout [UInt8]) {
    let (year, month, day) = date.parts
    append(year, digits: 4, to: &bytes)
    bytes.append(0x2D)
    append(month, digits: 2, to: &bytes)
    bytes.append(0x2D)
    append(day, digits: 2, to: &bytes)
  }
}
