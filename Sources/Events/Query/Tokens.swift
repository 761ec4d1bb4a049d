import Bytes

/// The words of a text, for free terms and for the filters of a store: runs of ASCII letters, digits, `_` and non-ASCII
/// bytes. ASCII letters are folded to lower case; other characters are compared as they are.
///
/// In JSON, escapes count as what they stand for: `\n` ends a word, `\u00e9` is part of one.
package enum Tokens {
  /// Longer words count by their first bytes only.
  package static let mostBytes = 128

  /// - Parameters:
  ///   - isJSON: whether backslashes are escapes.
  ///   - body: receives each word, and returns whether to continue.
  package static func each(_ text: Span<UInt8>, isJSON: Bool, _ body: (Span<UInt8>) -> Bool) {
    // Every byte of every event passes here: the word is kept in place, without an array that grows.
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: mostBytes) { word in
      each(text, isJSON: isJSON, into: word, body)
    }
  }

  private static func each(
    _ text: Span<UInt8>, isJSON: Bool, into word: UnsafeMutableBufferPointer<UInt8>, _ body: (Span<UInt8>) -> Bool
  ) {
    table.withUnsafeBufferPointer { table in
      var length = 0
      var place = 0
      let count = text.count
      while place < count {
        let byte = text[place]
        let folded = table[Int(byte)]
        if folded != 0 {
          if length < word.count {
            word[length] = folded
            length &+= 1
          }
          place &+= 1
          continue
        }
        if isJSON, byte == 0x5C, place &+ 1 < count {
          if text[place &+ 1] == 0x75, place &+ 6 <= count {
            let end = escape(text, place, into: word, &length)
            place = end.place
            if end.isPart { continue }
          } else {
            place &+= 2
          }
        } else {
          place &+= 1
        }
        if length > 0 {
          guard body(UnsafeBufferPointer(rebasing: word[..<length]).span) else { return }
          length = 0
        }
      }
      if length > 0 { _ = body(UnsafeBufferPointer(rebasing: word[..<length]).span) }
    }
  }

  /// Reads an escape of a code point, of both halves of a pair of surrogates.
  ///
  /// - Returns: where it ends, and whether what it stands for is part of a word, which it was added to.
  private static func escape(
    _ text: Span<UInt8>, _ start: Int, into word: UnsafeMutableBufferPointer<UInt8>, _ length: inout Int
  ) -> (place: Int, isPart: Bool) {
    var made: [UInt8] = []
    let isPair = text[start + 2] | 0x20 == 0x64 && start + 12 <= text.count && text[start + 6] == 0x5C
    let end = isPair ? start + 12 : start + 6
    JSONScan.unescape(text, start..<end, into: &made)
    guard let first = made.first, table[Int(first)] != 0 else { return (end, false) }
    for byte in made where length < word.count {
      word[length] = table[Int(byte)] == 0 ? byte : table[Int(byte)]
      length += 1
    }
    return (end, true)
  }

  /// The words of a text that a user wrote.
  package static func of(_ text: String) -> [[UInt8]] {
    var words: [[UInt8]] = []
    let bytes = Array(text.utf8)
    each(bytes.span, isJSON: false) { word in
      words.append(word.withUnsafeBufferPointer { Array($0) })
      return true
    }
    return words
  }

  @inline(__always)
  static func isPart(_ byte: UInt8) -> Bool { table[Int(byte)] != 0 }

  @inline(__always)
  static func fold(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

  /// The folded byte of a word; 0 for a separator.
  private static let table: [UInt8] = (0...255).map { value -> UInt8 in
    let byte = UInt8(value)
    switch byte {
    case 0x41...0x5A: return byte | 0x20
    case 0x61...0x7A, 0x30...0x39, 0x5F, 0x80...0xFF: return byte
    default: return 0
    }
  }
}

/// Words that must follow each other.
struct WordSequence: Sendable, Hashable {
  let words: [[UInt8]]

  init(_ text: String) { words = Tokens.of(text) }
  init(words: [[UInt8]]) { self.words = words }

  func isIn(_ text: Span<UInt8>, isJSON: Bool) -> Bool {
    guard let longest = words.max(by: { $0.count < $1.count }) else { return false }
    // Nearly all texts are done with here. Escapes may hide a word, so JSON that has some is looked at word by word.
    if !Self.holds(text, longest.span), !(isJSON && text.contains("\\u")) { return false }
    var matched: [Int] = []
    var isFound = false
    Tokens.each(text, isJSON: isJSON) { word in
      var next: [Int] = []
      for count in matched + [0] where Self.equals(words[count], word) {
        if count + 1 == words.count {
          isFound = true
          return false
        }
        next.append(count + 1)
      }
      matched = next
      return true
    }
    return isFound
  }

  private static func equals(_ a: [UInt8], _ b: Span<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    for place in 0..<a.count where a[place] != b[place] { return false }
    return true
  }

  /// Whether a folded text occurs anywhere, in any case.
  static func holds(_ text: Span<UInt8>, _ word: Span<UInt8>) -> Bool {
    firstPlace(text, word, from: 0) != nil
  }

  static func firstPlace(_ text: Span<UInt8>, _ word: Span<UInt8>, from start: Int) -> Int? {
    let length = word.count
    guard length > 0 else { return start <= text.count ? start : nil }
    guard length <= text.count - start else { return nil }
    let head = word[0]
    let isLetter = head &- 0x61 < 26
    let ones: UInt64 = 0x0101_0101_0101_0101
    let pattern = ones &* UInt64(head)
    let fold = isLetter ? ones &* 0x20 : 0
    var place = start
    let last = text.count - length
    let raw = text.bytes
    while place <= last {
      if place &+ 8 <= text.count {
        // Setting bit 5 folds letters; the few others that it hits as well are told apart below.
        let bytes = (raw.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self) | fold) ^ pattern
        let marks = (bytes &- ones) & ~bytes & (ones &* 0x80)
        if marks == 0 {
          place &+= 8
          continue
        }
        place &+= marks.trailingZeroBitCount >> 3
        guard place <= last else { return nil }
      }
      var offset = 0
      while offset < length, Tokens.fold(text[place &+ offset]) == word[offset] { offset &+= 1 }
      if offset == length { return place }
      place &+= 1
    }
    return nil
  }
}

/// A text with asterisks, which is matched against words of the original. An asterisk matches anything but blanks and
/// quotes; where the text has no asterisk at its start or end, a word must start or end there.
struct FreeWildcard: Sendable, Hashable {
  let pieces: [[UInt8]]

  init(_ pieces: [String]) { self.pieces = pieces.map { Array($0.utf8).map(Tokens.fold) } }

  func isIn(_ text: Span<UInt8>, isJSON: Bool) -> Bool {
    guard let first = pieces.firstIndex(where: { !$0.isEmpty }) else { return true }
    var place = 0
    let head = pieces[first]
    while let start = WordSequence.firstPlace(text, head.span, from: place) {
      place = start + 1
      if first == 0, start > 0, Tokens.isPart(text[start - 1]), Tokens.isPart(text[start]) {
        // The letter of an escape ends a word as well.
        guard isJSON, start > 1, text[start - 2] == 0x5C else { continue }
      }
      if matches(text, start + head.count, first + 1) { return true }
    }
    return false
  }

  private func matches(_ text: Span<UInt8>, _ start: Int, _ index: Int) -> Bool {
    var place = start
    for next in index..<max(index, pieces.count) {
      let piece = pieces[next]
      let isLast = next == pieces.count - 1
      if piece.isEmpty { continue }
      var found: Int?
      var search = place
      while let candidate = WordSequence.firstPlace(text, piece.span, from: search) {
        guard Self.isFree(text, place..<candidate) else { break }
        let end = candidate + piece.count
        if !isLast || end == text.count || !Tokens.isPart(text[end]) || !Tokens.isPart(text[end - 1]) {
          found = end
          break
        }
        search = candidate + 1
      }
      guard let found else { return false }
      place = found
    }
    if index >= pieces.count, place < text.count, Tokens.isPart(text[place]), Tokens.isPart(text[place - 1]) {
      return false
    }
    return true
  }

  private static func isFree(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    for place in range {
      switch text[place] {
      case 0x20, 0x09, 0x0A, 0x0D, 0x22: return false
      default: continue
      }
    }
    return true
  }
}
