/// Questions to bytes that are text.
extension Span where Element == UInt8 {
  func text(_ range: Range<Int>) -> String {
    extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }

  var text: String { withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) } }

  /// Copies a part of it to the end of an array.
  func append(_ range: Range<Int>, to output: inout [UInt8]) {
    extracting(range).withUnsafeBufferPointer { output.append(contentsOf: $0) }
  }

  @inline(__always)
  func equals(_ range: Range<Int>, _ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard range.count == count else { return false }
    return starts(range.lowerBound, with: word)
  }

  func equals(_ word: StaticString) -> Bool { equals(0..<count, word) }

  @inline(__always)
  func starts(_ place: Int, with word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard place >= 0, place + length <= count else { return false }
    return word.withUTF8Buffer { buffer in
      for offset in 0..<length where self[place + offset] != buffer[offset] { return false }
      return true
    }
  }

  func starts(with word: StaticString) -> Bool { starts(0, with: word) }

  /// The first place of a byte at or after another place; nil where there is none before `end`.
  @inline(__always)
  func first(_ byte: UInt8, from start: Int, to end: Int? = nil) -> Int? {
    let end = Swift.min(end ?? count, count)
    guard start < end, start >= 0 else { return nil }
    var place = start
    let raw = bytes
    let ones: UInt64 = 0x0101_0101_0101_0101
    let pattern = ones &* UInt64(byte)
    while place &+ 8 <= end {
      let word = raw.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self) ^ pattern
      let marks = (word &- ones) & ~word & (ones &* 0x80)
      if marks != 0 { return place &+ marks.trailingZeroBitCount >> 3 }
      place &+= 8
    }
    while place < end {
      if self[place] == byte { return place }
      place &+= 1
    }
    return nil
  }

  /// The first place of a word in a range.
  func firstPlace(of word: StaticString, in range: Range<Int>) -> Int? {
    let length = word.utf8CodeUnitCount
    guard length > 0, length <= range.count else { return nil }
    let head = word.utf8Start.pointee
    var place = range.lowerBound
    while let found = first(head, from: place, to: range.upperBound - length + 1) {
      if starts(found, with: word) { return found }
      place = found + 1
    }
    return nil
  }

  func contains(_ word: StaticString) -> Bool { firstPlace(of: word, in: 0..<count) != nil }

  /// A range without the spaces, tabs and carriage returns at both ends.
  func trimmed(_ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end, self[start] == 0x20 || self[start] == 0x09 { start += 1 }
    while end > start, self[end - 1] == 0x20 || self[end - 1] == 0x09 || self[end - 1] == 0x0D { end -= 1 }
    return start..<end
  }

  /// A number without sign of at most 18 digits; nil for anything else.
  func integer(_ range: Range<Int>) -> Int? {
    guard (1...18).contains(range.count) else { return nil }
    var value = 0
    for place in range {
      let digit = self[place] &- 0x30
      guard digit < 10 else { return nil }
      value = value * 10 + Int(digit)
    }
    return value
  }
}
