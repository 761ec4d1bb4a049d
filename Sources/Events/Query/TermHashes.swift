import Bytes

/// The words of events and the values of their columns as hashes: what a search may ask for, and what the filter of a
/// block of events is made of. The hashes are kept on the disk in such filters, so that they must stay what they are.
package struct TermHashes {
  private let table = HashTable()
  private var scratch: [UInt8] = []

  package init() {}

  /// Adds what free terms find in an event, and its columns of text.
  package mutating func add(_ event: Event) {
    _ = event.eachText { text, isJSON in
      add(text, isJSON: isJSON)
      return false
    }
    for column in Column.textual { event.withBytes(column) { table.insert(Self.hash($0, Self.seed(column))) } }
  }

  /// Different hashes, in any order.
  package var values: [UInt64] { table.values }

  /// The hash of a word, folded as in `Tokens`.
  package static func hash(word: [UInt8]) -> UInt64 { hash(word.span, 0) }

  /// The hash of a value of a column.
  package static func hash(_ value: [UInt8], of column: Column) -> UInt64 { hash(value.span, seed(column)) }

  /// Columns are numbered by their name, since their order may change.
  private static func seed(_ column: Column) -> UInt64 { seeds[Int(column.rawValue)] }

  private static let seeds: [UInt64] = Column.allCases.map { column in
    let name = Array(column.field.name.utf8)
    return hash(name.span, 1)
  }

  // MARK: Words

  private mutating func add(_ text: Span<UInt8>, isJSON: Bool) {
    let table = self.table
    let needed = (text.count + 63) & ~63 + Self.room
    if scratch.count < needed { scratch = [UInt8](repeating: 0, count: needed + needed / 4) }
    let isDone = text.withUnsafeBytes { text in
      scratch.withUnsafeMutableBytes { Self.add(text, isJSON: isJSON, folded: $0, to: table) }
    }
    guard !isDone else { return }
    // Escapes of code points are rare, and parts of words.
    Tokens.each(text, isJSON: isJSON) { word in
      table.insert(Self.hash(word, 0))
      return true
    }
  }

  /// What may be read behind a word.
  private static let room = 64

  /// Every byte of every event passes here, 64 at a time: which of them are parts of words becomes a number of as many
  /// bits, and words begin and end where these change. The words are those of `Tokens.each`.
  ///
  /// - Parameter folded: room for the text in lower case, and `room` bytes more.
  /// - Returns: false for a text with escapes of code points, of which some words may have been added.
  private static func add(
    _ text: UnsafeRawBufferPointer, isJSON: Bool, folded: UnsafeMutableRawBufferPointer, to table: HashTable
  ) -> Bool {
    guard let source = text.baseAddress, let target = folded.baseAddress else { return true }
    let count = text.count
    var start = -1
    /// Whether the byte before the block was a part of a word.
    var before: UInt64 = 0
    /// Whether the byte before the block is a backslash whose escape goes on in it.
    var isEscaping = false
    var base = 0
    while base < count {
      var parts: UInt64 = 0
      var slashes: UInt64 = 0
      for piece in 0..<8 {
        let place = base &+ piece &* 8
        guard place < count else { break }
        let word = Self.word(source, place, count)
        let classes = Self.classify(word)
        target.storeBytes(of: classes.folded.littleEndian, toByteOffset: place, as: UInt64.self)
        parts |= Self.gather(classes.parts) << UInt64(piece &* 8)
        if isJSON { slashes |= Self.gather(classes.slashes) << UInt64(piece &* 8) }
      }
      if isEscaping {
        parts &= ~1
        slashes &= ~1
        isEscaping = false
      }
      while slashes != 0 {
        let slash = slashes.trailingZeroBitCount
        let next = base &+ slash &+ 1
        guard next >= count || source.load(fromByteOffset: next, as: UInt8.self) != 0x75 else { return false }
        slashes &= slashes &- 1
        if slash == 63 {
          isEscaping = true
        } else {
          let escaped = ~(UInt64(1) << UInt64(slash &+ 1))
          parts &= escaped
          slashes &= escaped
        }
      }
      var edges = parts ^ (parts << 1 | before)
      before = parts >> 63
      while edges != 0 {
        let edge = base &+ edges.trailingZeroBitCount
        edges &= edges &- 1
        if start < 0 {
          start = edge
        } else {
          table.insert(hash(UnsafeRawPointer(target) + start, min(edge &- start, Tokens.mostBytes), 0))
          start = -1
        }
      }
      base &+= 64
    }
    if start >= 0 { table.insert(hash(UnsafeRawPointer(target) + start, min(count &- start, Tokens.mostBytes), 0)) }
    return true
  }

  /// Eight bytes, the first one lowest; zeros behind the end of the text.
  @inline(__always)
  private static func word(_ source: UnsafeRawPointer, _ place: Int, _ count: Int) -> UInt64 {
    if place &+ 8 <= count { return UInt64(littleEndian: source.loadUnaligned(fromByteOffset: place, as: UInt64.self)) }
    var word: UInt64 = 0
    for offset in 0..<count &- place {
      word |= UInt64(source.load(fromByteOffset: place &+ offset, as: UInt8.self)) << UInt64(8 &* offset)
    }
    return word
  }

  /// Eight bytes with their capital letters folded, and the highest bit of each that is a part of a word, or a backslash.
  ///
  /// Bytes are compared all at once: adding to seven bits sets the eighth from a certain value on.
  @inline(__always)
  private static func classify(_ word: UInt64) -> (folded: UInt64, parts: UInt64, slashes: UInt64) {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let high = ones &* 0x80
    let low = word & ~high
    @inline(__always) func isAtLeast(_ bytes: UInt64, _ least: UInt64) -> UInt64 { bytes &+ ones &* (0x80 &- least) }
    @inline(__always) func isNone(_ bytes: UInt64) -> UInt64 { ~(bytes &+ ones &* 0x7F) }
    let letters = low | ones &* 0x20
    let isLetter = isAtLeast(letters, 0x61) & ~isAtLeast(letters, 0x7B)
    let isDigit = isAtLeast(low, 0x30) & ~isAtLeast(low, 0x3A)
    let isLine = isNone(low ^ ones &* 0x5F)
    let isCapital = isAtLeast(low, 0x41) & ~isAtLeast(low, 0x5B) & ~word & high
    let isSlash = isNone(low ^ ones &* 0x5C) & ~word & high
    return (word | isCapital >> 2, (isLetter | isDigit | isLine | word) & high, isSlash)
  }

  /// The highest bits of eight bytes as eight bits.
  @inline(__always)
  private static func gather(_ bits: UInt64) -> UInt64 { (bits >> 7 &* 0x0102_0408_1020_4080) >> 56 }

  // MARK: Hashes

  /// A hash of eight bytes at a time, by folded multiplication. Source: the idea of wyhash by Wang Yi (public domain).
  ///
  /// - Parameter start: of bytes behind which as many as a word has may be read.
  @inline(__always)
  private static func hash(_ start: UnsafeRawPointer, _ count: Int, _ seed: UInt64) -> UInt64 {
    var state = seed ^ first
    var place = 0
    while place &+ 8 <= count {
      let word = UInt64(littleEndian: start.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      state = fold(state ^ word, second)
      place &+= 8
    }
    let left = count &- place
    let word = UInt64(littleEndian: start.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    let rest = word & ((1 << UInt64(8 &* left)) &- 1)
    return fold(fold(state ^ rest, third), UInt64(count) ^ fourth)
  }

  /// The same of bytes behind which nothing may be read.
  private static func hash(_ bytes: Span<UInt8>, _ seed: UInt64) -> UInt64 {
    let raw = bytes.bytes
    var state = seed ^ first
    var place = 0
    let count = bytes.count
    while place + 8 <= count {
      let word = UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self))
      state = fold(state ^ word, second)
      place += 8
    }
    let rest = last(raw, place, count)
    return fold(fold(state ^ rest, third), UInt64(count) ^ fourth)
  }

  private static let first: UInt64 = 0xA076_1D64_78BD_642F
  private static let second: UInt64 = 0xE703_7ED1_A0B4_28DB
  private static let third: UInt64 = 0x8EBC_6AF0_9C88_C6E3
  private static let fourth: UInt64 = 0x5899_65CC_7537_4CC3

  /// The last bytes, less than eight, as one number, lowest first. Reads that overlap say the same of what they share.
  @inline(__always)
  private static func last(_ raw: RawSpan, _ place: Int, _ count: Int) -> UInt64 {
    let left = count &- place
    if left == 0 { return 0 }
    if count >= 8 {
      let word = UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: count &- 8, as: UInt64.self))
      return word >> UInt64(8 &* (8 &- left))
    }
    if left >= 4 {
      let low = UInt32(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: place, as: UInt32.self))
      let high = UInt32(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
      return UInt64(low) | UInt64(high) << UInt64(8 &* (left &- 4))
    }
    func byte(_ offset: Int) -> UInt64 { UInt64(raw.unsafeLoad(fromByteOffset: place &+ offset, as: UInt8.self)) }
    let middle = left >> 1
    return byte(0) | byte(middle) << UInt64(8 &* middle) | byte(left &- 1) << UInt64(8 &* (left &- 1))
  }

  @inline(__always)
  private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }
}

/// Different hashes, in a table with open addressing.
private final class HashTable {
  private var slots: UnsafeMutableBufferPointer<UInt64>
  private var count = 0
  private var hasZero = false
  /// Hashes that were inserted lately: most words of a log are those of the line before.
  private let recent: UnsafeMutableBufferPointer<UInt64>

  init() {
    slots = Self.room(1 << 12)
    recent = Self.room(1 << 12)
  }

  deinit {
    slots.deallocate()
    recent.deallocate()
  }

  private static func room(_ count: Int) -> UnsafeMutableBufferPointer<UInt64> {
    let made = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: count)
    made.initialize(repeating: 0)
    return made
  }

  @inline(__always)
  func insert(_ hash: UInt64) {
    let place = Int(truncatingIfNeeded: hash) & (recent.count &- 1)
    guard recent[place] != hash || hash == 0 else { return }
    recent[place] = hash
    add(hash)
  }

  private func add(_ hash: UInt64) {
    guard hash != 0 else {
      hasZero = true
      return
    }
    if count &* 2 >= slots.count { grow() }
    if Self.put(hash, slots) { count &+= 1 }
  }

  private static func put(_ hash: UInt64, _ slots: UnsafeMutableBufferPointer<UInt64>) -> Bool {
    let mask = slots.count &- 1
    var place = Int(truncatingIfNeeded: hash >> 20) & mask
    while slots[place] != 0 {
      if slots[place] == hash { return false }
      place = (place &+ 1) & mask
    }
    slots[place] = hash
    return true
  }

  private func grow() {
    let larger = Self.room(slots.count * 4)
    for hash in slots where hash != 0 { _ = Self.put(hash, larger) }
    slots.deallocate()
    slots = larger
  }

  /// In any order.
  var values: [UInt64] {
    var values: [UInt64] = []
    values.reserveCapacity(count + 1)
    for hash in slots where hash != 0 { values.append(hash) }
    if hasZero { values.append(0) }
    return values
  }
}
