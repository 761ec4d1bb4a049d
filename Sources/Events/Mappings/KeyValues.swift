import Bytes

/// Names and values: `key=value key="quoted value"`.
enum KeyValues {
  /// Goes over the pairs of a range.
  ///
  /// - Parameters:
  ///   - quotes: bytes that open and close a quoted value.
  ///   - body: key, value without quotes, whether a backslash stands in a quoted value; answers whether to go on.
  /// - Returns: how many words were no pair.
  @discardableResult
  static func each(
    _ bytes: Span<UInt8>, _ range: Range<Int>, quotes: (UInt8, UInt8) = (0x22, 0x22),
    _ body: (_ key: Range<Int>, _ value: Range<Int>, _ isEscaped: Bool) -> Bool
  ) -> Int {
    var place = range.lowerBound
    let end = range.upperBound
    var strays = 0
    while place < end {
      while place < end, bytes[place] == 0x20 || bytes[place] == 0x09 || bytes[place] == 0x1D { place += 1 }
      guard place < end else { break }
      let key = place
      while place < end, isName(bytes[place]) { place += 1 }
      guard place > key, place < end, bytes[place] == 0x3D else {
        strays += 1
        while place < end, bytes[place] != 0x20, bytes[place] != 0x09, bytes[place] != 0x1D { place += 1 }
        continue
      }
      let name = key..<place
      place += 1
      if place < end, bytes[place] == quotes.0 || bytes[place] == quotes.1 {
        let quote = bytes[place]
        let start = place + 1
        var isEscaped = false
        place = start
        while place < end, bytes[place] != quote {
          if bytes[place] == 0x5C {
            isEscaped = true
            place += 1
          }
          place += 1
        }
        let stop = min(place, end)
        place = min(stop + 1, end)
        guard body(name, start..<stop, isEscaped) else { return strays }
      } else {
        let start = place
        while place < end, bytes[place] != 0x20, bytes[place] != 0x09, bytes[place] != 0x1D { place += 1 }
        guard body(name, start..<place, false) else { return strays }
      }
    }
    return strays
  }

  @inline(__always)
  static func isName(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x5F, 0x2D, 0x2E, 0x40, 0x2F: true
    default: false
    }
  }
}

/// `level=info ts=2026-01-01T00:00:00Z msg="two words"`. Source: brandur.org/logfmt and go-logfmt.
enum Logfmt {
  /// - Returns: false for a line that is not mainly pairs.
  static func parse(_ bytes: Span<UInt8>, _ parts: inout LineParts) -> Bool {
    guard bytes.first(0x3D, from: 0) != nil else { return false }
    var count = 0
    let strays = KeyValues.each(bytes, 0..<bytes.count) { key, value, isEscaped in
      count += 1
      if isEscaped {
        var text: [UInt8] = []
        JSONScan.unescape(bytes, value, into: &text)
        parts.add(bytes, key: key, made: text)
      } else {
        parts.add(bytes, key: key, value)
      }
      return true
    }
    return count >= 2 && strays * 4 <= count
  }
}
