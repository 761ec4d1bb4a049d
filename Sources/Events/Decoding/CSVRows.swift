import Bytes

/// Comma-separated values (RFC 4180): quoted values hold delimiters, line feeds and doubled quotes.
enum CSVRows {
  /// Takes all rows of the bytes.
  ///
  /// - Returns: the place before which everything was taken.
  static func read(
    _ bytes: Span<UInt8>, _ start: Int, delimiter: UInt8, isLast: Bool, lines: inout Int, _ builder: inout BatchBuilder
  ) -> Int {
    var place = start
    while place < bytes.count {
      if bytes[place] == 0x0A {
        lines += 1
        place += 1
        continue
      }
      guard let end = rowEnd(bytes, place, isLast: isLast) else { break }
      var stop = end
      if stop > place, bytes[stop - 1] == 0x0D { stop -= 1 }
      let row = place..<stop
      if !row.isEmpty {
        if builder.header.isEmpty {
          builder.header = names(bytes.extracting(row), delimiter)
        } else {
          let count = values(bytes.extracting(row), delimiter) { _, _ in }
          builder.row(bytes, row, line: lines + 1, fault: count == builder.header.count ? nil : .columnCount)
        }
      }
      lines += EventDecoder.lineFeeds(bytes, place..<end) + (end < bytes.count ? 1 : 0)
      place = min(end + 1, bytes.count)
    }
    return place
  }

  /// The line feed behind a row; nil where it may still come.
  private static func rowEnd(_ bytes: Span<UInt8>, _ start: Int, isLast: Bool) -> Int? {
    var place = start
    var isQuoted = false
    while place < bytes.count {
      let byte = bytes[place]
      if byte == 0x22 {
        isQuoted.toggle()
      } else if byte == 0x0A, !isQuoted {
        return place
      }
      place += 1
    }
    guard isLast else { return nil }
    // A quote that nobody closed takes its own line alone.
    return isQuoted ? bytes.first(0x0A, from: start) ?? bytes.count : bytes.count
  }

  /// - Returns: how many values the row has.
  @discardableResult
  static func values(_ row: Span<UInt8>, _ delimiter: UInt8, _ body: (Range<Int>, [UInt8]?) -> Void) -> Int {
    var place = 0
    var count = 0
    while true {
      if place < row.count, row[place] == 0x22 {
        var made: [UInt8] = []
        var hasDoubled = false
        let start = place + 1
        var end = start
        place = start
        while place < row.count {
          if row[place] == 0x22 {
            if place + 1 < row.count, row[place + 1] == 0x22 {
              hasDoubled = true
              made.append(0x22)
              place += 2
              continue
            }
            break
          }
          made.append(row[place])
          place += 1
        }
        end = min(place, row.count)
        body(start..<max(start, end), hasDoubled ? made : nil)
        place = row.first(delimiter, from: end) ?? row.count
      } else {
        let end = row.first(delimiter, from: place) ?? row.count
        body(place..<end, nil)
        place = end
      }
      count += 1
      guard place < row.count else { return count }
      place += 1
    }
  }

  private static func names(_ row: Span<UInt8>, _ delimiter: UInt8) -> [String] {
    var names: [String] = []
    values(row, delimiter) { range, made in
      names.append(made.map { String(decoding: $0, as: UTF8.self) } ?? row.text(row.trimmed(range)))
    }
    return names
  }

  /// The parts of a row under the names of their columns.
  static func parse(_ row: Span<UInt8>, _ header: [String], _ delimiter: UInt8, _ parts: inout LineParts) -> Bool {
    var index = 0
    var found: [(String, Range<Int>, [UInt8]?)] = []
    values(row, delimiter) { range, made in
      if index < header.count, !header[index].isEmpty { found.append((header[index], range, made)) }
      index += 1
    }
    for (name, range, made) in found {
      let key = Array(name.utf8)
      if let made {
        parts.add(key.span, key: 0..<key.count, made: made)
      } else if !range.isEmpty {
        parts.add(key.span, key: 0..<key.count, range)
      }
    }
    return true
  }
}
