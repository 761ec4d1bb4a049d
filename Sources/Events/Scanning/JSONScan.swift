import Bytes

/// Goes over JSON (RFC 8259) without building anything: finds where values end, checks that brackets, strings, commas
/// and colons stand as they must, and leaves the values where they are.
///
/// Strings are passed eight bytes at a time: most of an audit event is text that nobody asks for.
enum JSONScan {
  /// Why there is no end of a value.
  enum Fault: Sendable, Equatable {
    /// The bytes end before the value does.
    case incomplete
    case malformed
    /// Nested deeper than 128 levels.
    case deep
  }

  /// What a value is.
  enum Kind: UInt8, Sendable {
    case none
    case string
    /// A string with escapes.
    case escaped
    case number
    case yes
    case no
    case null
    case object
    case array
  }

  /// Places below zero stand for faults, so that the inner loops return one word.
  static let incomplete = -1
  static let malformed = -2
  static let deep = -3
  /// Whole, and larger than a record may be.
  static let large = -4
  static let mostLevels = 128

  static func fault(_ end: Int) -> Fault? {
    switch end {
    case 0...: nil
    case incomplete: .incomplete
    case deep: .deep
    default: .malformed
    }
  }

  @inline(__always)
  static func skipSpace(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var place = start
    while place < bytes.count {
      let byte = bytes[place]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { break }
      place += 1
    }
    return place
  }

  /// The closing quote of a string.
  ///
  /// - Parameters:
  ///   - start: after the opening quote.
  ///   - escaped: becomes true where there is a backslash.
  @inline(__always)
  static func stringEnd(_ bytes: Span<UInt8>, _ start: Int, _ escaped: inout Bool) -> Int {
    var place = start
    let count = bytes.count
    let raw = bytes.bytes
    let ones: UInt64 = 0x0101_0101_0101_0101
    while true {
      // Quotes, backslashes and control characters: the lowest mark is exact ("Bit Twiddling Hacks", hasless and
      // haszero).
      while place &+ 8 <= count {
        let word = raw.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self)
        let quote = word ^ (ones &* 0x22)
        let slash = word ^ (ones &* 0x5C)
        let marks =
          ((quote &- ones) & ~quote | (slash &- ones) & ~slash | (word &- ones &* 0x20) & ~word)
          & (ones &* 0x80)
        if marks != 0 {
          place &+= marks.trailingZeroBitCount >> 3
          break
        }
        place &+= 8
      }
      guard place < count else { return incomplete }
      let byte = bytes[place]
      if byte == 0x22 { return place }
      if byte == 0x5C {
        escaped = true
        place &+= 2
      } else if byte < 0x20 {
        return malformed
      } else {
        place &+= 1
      }
    }
  }

  /// The end of the value that starts at a place without space before it.
  static func valueEnd(_ bytes: Span<UInt8>, _ start: Int, levels: Int = 0) -> Int {
    guard start < bytes.count else { return incomplete }
    switch bytes[start] {
    case 0x22:
      var escaped = false
      let end = stringEnd(bytes, start + 1, &escaped)
      return end < 0 ? end : end + 1
    case 0x7B, 0x5B: return nestedEnd(bytes, start, levels)
    default: return scalarEnd(bytes, start)
    }
  }

  /// The end of a number, `true`, `false` or `null`.
  static func scalarEnd(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    switch bytes[start] {
    case 0x74: return wordEnd(bytes, start, 0x6575_7274, 4)
    case 0x6E: return wordEnd(bytes, start, 0x6C6C_756E, 4)
    case 0x66: return wordEnd(bytes, start, 0x65_736C_6166, 5)
    case 0x2D, 0x30...0x39: return numberEnd(bytes, start)
    default: return malformed
    }
  }

  private static func wordEnd(_ bytes: Span<UInt8>, _ start: Int, _ word: UInt64, _ length: Int) -> Int {
    var word = word
    for offset in 0..<length {
      guard start + offset < bytes.count else { return incomplete }
      guard bytes[start + offset] == UInt8(truncatingIfNeeded: word) else { return malformed }
      word >>= 8
    }
    return start + length
  }

  /// At the end of the bytes a number counts as ended; who reads a stream must know that more digits may come.
  private static func numberEnd(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var place = start
    func digits() -> Int {
      let first = place
      while place < bytes.count, bytes[place] &- 0x30 < 10 { place += 1 }
      return place - first
    }
    if bytes[place] == 0x2D { place += 1 }
    let first = place
    let count = digits()
    guard count > 0 else { return place < bytes.count ? malformed : incomplete }
    if count > 1, bytes[first] == 0x30 { return malformed }
    if place < bytes.count, bytes[place] == 0x2E {
      place += 1
      guard digits() > 0 else { return place < bytes.count ? malformed : incomplete }
    }
    if place < bytes.count, bytes[place] | 0x20 == 0x65 {
      place += 1
      if place < bytes.count, bytes[place] == 0x2B || bytes[place] == 0x2D { place += 1 }
      guard digits() > 0 else { return place < bytes.count ? malformed : incomplete }
    }
    return place
  }

  /// The end of an object or array. Which of both each level is stands in one bit.
  private static func nestedEnd(_ bytes: Span<UInt8>, _ start: Int, _ levels: Int) -> Int {
    var place = start
    var depth = 0
    var kinds: UInt128 = 0
    let count = bytes.count
    value: while true {
      place = skipSpace(bytes, place)
      guard place < count else { return incomplete }
      let byte = bytes[place]
      switch byte {
      case 0x22:
        var escaped = false
        place = stringEnd(bytes, place &+ 1, &escaped)
        guard place >= 0 else { return place }
        place &+= 1
      case 0x7B, 0x5B:
        guard depth &+ levels < mostLevels else { return deep }
        let isObject = byte == 0x7B
        kinds = kinds << 1 | (isObject ? 1 : 0)
        depth &+= 1
        place = skipSpace(bytes, place &+ 1)
        guard place < count else { return incomplete }
        if bytes[place] == (isObject ? 0x7D : 0x5D) {
          place &+= 1
          kinds >>= 1
          depth &-= 1
        } else {
          if isObject {
            var isEscaped = false
            _ = key(bytes, &place, &isEscaped)
            guard place >= 0 else { return place }
          }
          continue value
        }
      default:
        place = scalarEnd(bytes, place)
        guard place >= 0 else { return place }
      }
      while true {
        if depth == 0 { return place }
        place = skipSpace(bytes, place)
        guard place < count else { return incomplete }
        let isObject = kinds & 1 == 1
        switch bytes[place] {
        case 0x2C:
          place &+= 1
          if isObject {
            place = skipSpace(bytes, place)
            var isEscaped = false
            _ = key(bytes, &place, &isEscaped)
            guard place >= 0 else { return place }
          }
          continue value
        case 0x7D where isObject, 0x5D where !isObject:
          place &+= 1
          kinds >>= 1
          depth &-= 1
        default: return malformed
        }
      }
    }
  }

  // MARK: Punctuation

  /// Passes the opening bracket of an object or array.
  ///
  /// - Parameters:
  ///   - place: of the bracket; becomes that of the first key or element, the end of the whole, or a fault.
  ///   - closing: the bracket that ends it.
  /// - Returns: whether nothing more is to be read: it is empty, or there is a fault.
  @inline(__always)
  static func isEmpty(_ bytes: Span<UInt8>, _ place: inout Int, closing: UInt8) -> Bool {
    place = skipSpace(bytes, place &+ 1)
    guard place < bytes.count else {
      place = incomplete
      return true
    }
    guard bytes[place] == closing else { return false }
    place &+= 1
    return true
  }

  /// Passes a key and its colon.
  ///
  /// - Parameters:
  ///   - place: of the opening quote; becomes that of the value, or a fault.
  ///   - isEscaped: becomes true where there is a backslash.
  /// - Returns: the key between its quotes; without meaning where there is a fault.
  @inline(__always)
  static func key(_ bytes: Span<UInt8>, _ place: inout Int, _ isEscaped: inout Bool) -> Range<Int> {
    let start = place &+ 1
    guard place < bytes.count, bytes[place] == 0x22 else {
      place = place < bytes.count ? malformed : incomplete
      return 0..<0
    }
    let quote = stringEnd(bytes, start, &isEscaped)
    guard quote >= 0 else {
      place = quote
      return 0..<0
    }
    place = skipSpace(bytes, quote &+ 1)
    guard place < bytes.count, bytes[place] == 0x3A else {
      place = place < bytes.count ? malformed : incomplete
      return 0..<0
    }
    place = skipSpace(bytes, place &+ 1)
    if place >= bytes.count { place = incomplete }
    return start..<quote
  }

  /// Passes the comma or the closing bracket that follows a value.
  ///
  /// - Parameters:
  ///   - place: the end of the value; becomes the place of the next key or element, the end of the whole, or a fault.
  ///   - closing: the bracket that ends the whole.
  /// - Returns: whether nothing more is to be read: it was the last, or there is a fault.
  @inline(__always)
  static func isLast(_ bytes: Span<UInt8>, _ place: inout Int, closing: UInt8) -> Bool {
    place = skipSpace(bytes, place)
    guard place < bytes.count else {
      place = incomplete
      return true
    }
    if bytes[place] == closing {
      place &+= 1
      return true
    }
    guard bytes[place] == 0x2C else {
      place = malformed
      return true
    }
    place = skipSpace(bytes, place &+ 1)
    return false
  }

  /// What the value is that starts at a place; the escapes of a string are for the caller to find.
  @inline(__always)
  static func kind(_ byte: UInt8) -> Kind {
    switch byte {
    case 0x22: .string
    case 0x7B: .object
    case 0x5B: .array
    case 0x74: .yes
    case 0x66: .no
    case 0x6E: .null
    default: .number
    }
  }

  /// One member of an object.
  struct Member {
    /// Between the quotes.
    var key: Range<Int>
    var keyIsEscaped: Bool
    /// With quotes and brackets.
    var value: Range<Int>
    var kind: Kind
  }

  /// Members of an object in order.
  ///
  /// - Parameters:
  ///   - start: place of the brace.
  ///   - body: answers whether to go on.
  /// - Returns: the end of the object, or a fault; the place where `body` stopped.
  static func members(
    _ bytes: Span<UInt8>, _ start: Int, levels: Int = 0, _ body: (Member) -> Bool
  ) -> Int {
    guard levels < mostLevels else { return deep }
    var place = start
    if isEmpty(bytes, &place, closing: 0x7D) { return place }
    while true {
      var keyIsEscaped = false
      let key = key(bytes, &place, &keyIsEscaped)
      guard place >= 0 else { return place }
      var kind = kind(bytes[place])
      let value = place
      place = valueEnd(bytes, place, levels: levels + 1, &kind)
      guard place >= 0 else { return place }
      let member = Member(key: key, keyIsEscaped: keyIsEscaped, value: value..<place, kind: kind)
      guard body(member) else { return place }
      if isLast(bytes, &place, closing: 0x7D) { return place }
    }
  }

  /// The end of a value whose kind is known by its first byte; a string that holds escapes becomes `.escaped`.
  @inline(__always)
  private static func valueEnd(_ bytes: Span<UInt8>, _ start: Int, levels: Int, _ kind: inout Kind) -> Int {
    guard kind == .string else { return valueEnd(bytes, start, levels: levels) }
    var escaped = false
    let end = stringEnd(bytes, start + 1, &escaped)
    if escaped { kind = .escaped }
    return end < 0 ? end : end + 1
  }

  /// Elements of an array in order; see `members`.
  static func elements(
    _ bytes: Span<UInt8>, _ start: Int, levels: Int = 0, _ body: (Range<Int>, Kind) -> Bool
  ) -> Int {
    guard levels < mostLevels else { return deep }
    var place = start
    if isEmpty(bytes, &place, closing: 0x5D) { return place }
    while true {
      guard place < bytes.count else { return incomplete }
      var kind = kind(bytes[place])
      let value = place
      place = valueEnd(bytes, place, levels: levels + 1, &kind)
      guard place >= 0 else { return place }
      guard body(value..<place, kind) else { return place }
      if isLast(bytes, &place, closing: 0x5D) { return place }
    }
  }

  /// Appends what a string says: its bytes with the escapes resolved. What is no escape stays as it is; a lone
  /// surrogate becomes U+FFFD, as the API server's decoder does it.
  static func unescape(_ bytes: Span<UInt8>, _ range: Range<Int>, into output: inout [UInt8]) {
    var place = range.lowerBound
    let end = range.upperBound
    while place < end {
      let byte = bytes[place]
      place += 1
      guard byte == 0x5C, place < end else {
        output.append(byte)
        continue
      }
      let escape = bytes[place]
      place += 1
      switch escape {
      case 0x6E: output.append(0x0A)
      case 0x74: output.append(0x09)
      case 0x72: output.append(0x0D)
      case 0x62: output.append(0x08)
      case 0x66: output.append(0x0C)
      case 0x75:
        guard var unit = unit(bytes, place, end) else {
          output.append(0x5C)
          output.append(escape)
          continue
        }
        place += 4
        if unit & 0xFC00 == 0xD800, place + 6 <= end, bytes[place] == 0x5C, bytes[place + 1] == 0x75,
          let low = self.unit(bytes, place + 2, end), low & 0xFC00 == 0xDC00
        {
          unit = 0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF)
          place += 6
        }
        append(Unicode.Scalar(unit) ?? "\u{FFFD}", to: &output)
      default: output.append(escape)
      }
    }
  }

  private static func append(_ scalar: Unicode.Scalar, to output: inout [UInt8]) {
    for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { output.append(unit) }
  }

  private static func unit(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> UInt32? {
    guard start + 4 <= end else { return nil }
    var unit: UInt32 = 0
    for place in start..<start + 4 {
      guard let digit = Hex.value(bytes[place]) else { return nil }
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }
}
