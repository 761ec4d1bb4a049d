/// A set of small numbers.
struct Bitset: Sendable, Hashable {
  private(set) var words: [UInt64]
  let count: Int

  init(count: Int, full: Bool = false) {
    self.count = count
    words = [UInt64](repeating: full ? .max : 0, count: (count + 63) / 64)
    if full { trim() }
  }

  private mutating func trim() {
    if count % 64 != 0, let last = words.indices.last { words[last] &= (1 << UInt64(count % 64)) - 1 }
  }

  subscript(index: Int) -> Bool { words[index >> 6] & (1 << UInt64(index & 63)) != 0 }

  mutating func insert(_ index: Int) { words[index >> 6] |= 1 << UInt64(index & 63) }

  mutating func remove(_ index: Int) { words[index >> 6] &= ~(1 << UInt64(index & 63)) }

  mutating func formUnion(_ other: Bitset) { for index in words.indices { words[index] |= other.words[index] } }

  mutating func formIntersection(_ other: Bitset) { for index in words.indices { words[index] &= other.words[index] } }

  mutating func subtract(_ other: Bitset) { for index in words.indices { words[index] &= ~other.words[index] } }

  mutating func invert() {
    for index in words.indices { words[index] = ~words[index] }
    trim()
  }

  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  @inline(__always) func visit(_ body: (Int) -> Void) {
    for (position, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        body(position << 6 + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
  }

  var elements: [Int] {
    var result: [Int] = []
    visit { result.append($0) }
    return result
  }
}
