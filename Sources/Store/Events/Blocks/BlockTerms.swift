import Bytes
import Events

/// The words and values of the columns of a block, as hashes: what a search may ask for.
struct BlockTerms {
  private var table = HashSet()
  /// Hashes that were inserted lately: most words of a log are those of the line before.
  private var recent = [UInt64](repeating: 0, count: 1 << 12)

  mutating func add(_ event: Event) {
    event.eachToken { insert(Self.hash($0, 0)) }
    for column in Column.textual { event.withBytes(column) { insert(Self.hash($0, Self.seed(column))) } }
  }

  private mutating func insert(_ hash: UInt64) {
    let place = Int(truncatingIfNeeded: hash) & (recent.count - 1)
    guard recent[place] != hash || hash == 0 else { return }
    recent[place] = hash
    table.insert(hash)
  }

  var hashes: [UInt64] { table.values }

  var filter: BinaryFuseFilter { BinaryFuseFilter(table.values) }

  /// Whether a block may contain a match.
  static func isPossible(_ requirement: QueryRequirement, in filter: BinaryFuseFilter) -> Bool {
    requirement.isPossible { word in
      filter.contains(hash(word.span, 0))
    } value: { column, text in
      filter.contains(hash(text.span, seed(column)))
    }
  }

  /// Columns are numbered on the disk by their name, since their order may change.
  private static func seed(_ column: Column) -> UInt64 { seeds[Int(column.rawValue)] }

  private static let seeds: [UInt64] = Column.allCases.map { column in
    let name = Array(column.field.name.utf8)
    return hash(name.span, 1)
  }

  /// A hash of eight bytes at a time, by folded multiplication. Source: the idea of wyhash by Wang Yi (public domain).
  static func hash(_ bytes: Span<UInt8>, _ seed: UInt64) -> UInt64 {
    let raw = bytes.bytes
    var state = seed ^ 0xA076_1D64_78BD_642F
    var place = 0
    let count = bytes.count
    while place + 8 <= count {
      state = fold(
        state ^ UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self)),
        0xE703_7ED1_A0B4_28DB)
      place += 8
    }
    let rest = last(raw, place, count)
    return fold(fold(state ^ rest, 0x8EBC_6AF0_9C88_C6E3), UInt64(count) ^ 0x5899_65CC_7537_4CC3)
  }

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
struct HashSet {
  private var slots = [UInt64](repeating: 0, count: 1 << 12)
  private var count = 0
  private var hasZero = false

  mutating func insert(_ hash: UInt64) {
    guard hash != 0 else {
      hasZero = true
      return
    }
    if count * 2 >= slots.count { grow() }
    if Self.put(hash, &slots) { count += 1 }
  }

  private static func put(_ hash: UInt64, _ slots: inout [UInt64]) -> Bool {
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: hash >> 20) & mask
    while slots[place] != 0 {
      if slots[place] == hash { return false }
      place = (place + 1) & mask
    }
    slots[place] = hash
    return true
  }

  private mutating func grow() {
    var larger = [UInt64](repeating: 0, count: slots.count * 4)
    for hash in slots where hash != 0 { _ = Self.put(hash, &larger) }
    slots = larger
  }

  /// In any order.
  var values: [UInt64] { slots.filter { $0 != 0 } + (hasZero ? [0] : []) }
}
