/// Texts that are looked for all at once, in one pass over bytes: a table of the hashes of their first three bytes says where
/// none of them can begin, which is nearly everywhere.
struct AnchorTable: Sendable {
  /// A text, and a number of the caller's for it.
  typealias Anchor = (bytes: [UInt8], number: Int)

  private let ignoresCase: Bool
  private let filter: [Bool]
  private let anchors: [Int: [Anchor]]

  /// - Parameter anchors: of three bytes at least; shorter ones are left out. In small letters where case is ignored.
  init(_ anchors: [(text: String, number: Int)], ignoresCase: Bool) {
    self.ignoresCase = ignoresCase
    var filter = [Bool](repeating: false, count: 1 << 16)
    var table: [Int: [Anchor]] = [:]
    for anchor in anchors {
      let bytes = Array(anchor.text.utf8)
      guard bytes.count >= 3 else { continue }
      // A letter in the other case has another hash.
      let cases = bytes[0..<3].map { byte in ignoresCase && byte &- 0x61 < 26 ? [byte, byte & 0xDF] : [byte] }
      for first in cases[0] {
        for second in cases[1] {
          for third in cases[2] {
            let hash = Self.hash(first, second, third)
            filter[hash] = true
            table[hash, default: []].append((bytes, anchor.number))
          }
        }
      }
    }
    self.filter = filter
    self.anchors = table
  }

  private static func hash(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> Int {
    (Int(a) &* 0x9E37 ^ Int(b) &* 0x79B9 ^ Int(c) << 5) & 0xFFFF
  }

  /// Calls for each place where an anchor stands, in their order, until the answer is false.
  ///
  /// - Parameter start: the first place to look at.
  func search(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0, _ found: (_ place: Int, _ anchor: Anchor) -> Bool
  ) {
    guard bytes.count >= 3 else { return }
    filter.withUnsafeBufferPointer { filter in
      var place = start
      let last = bytes.count - 3
      while place <= last {
        let hash = Self.hash(bytes[place], bytes[place + 1], bytes[place + 2])
        if filter[hash], let candidates = anchors[hash] {
          for anchor in candidates where stands(anchor.bytes, in: bytes, at: place) {
            if !found(place, anchor) { return }
          }
        }
        place += 1
      }
    }
  }

  private func stands(_ anchor: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
    guard place + anchor.count <= bytes.count else { return false }
    var index = 0
    while index < anchor.count {
      let byte = bytes[place + index]
      let plain = ignoresCase && byte &- 0x41 < 26 ? byte | 0x20 : byte
      if plain != anchor[index] { return false }
      index += 1
    }
    return true
  }

  /// The lines in which an anchor stands, without their ends.
  ///
  /// - Returns: the number of each from 0, and where it lies.
  func lines(of bytes: [UInt8]) -> [(number: Int, range: Range<Int>)] {
    var lines: [(number: Int, range: Range<Int>)] = []
    bytes.withUnsafeBufferPointer { buffer in
      var (number, start, end) = (0, 0, -1)
      search(buffer) { place, _ in
        guard place >= end else { return true }
        // The line of this place: ends between the last one and here are counted once.
        var index = max(end, 0)
        while index < place {
          if buffer[index] == 0x0A {
            number += 1
            start = index + 1
          }
          index += 1
        }
        end = place
        while end < buffer.count, buffer[end] != 0x0A { end += 1 }
        lines.append((number, start..<end))
        return true
      }
    }
    return lines
  }
}
