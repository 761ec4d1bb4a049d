/// Values of one event, by the fields that a `FieldReader` was made for. It is used again for each event, so that
/// reading allocates nothing once it has grown.
package struct FieldFrame: Sendable {
  /// What a value is in the original.
  package enum Kind: UInt8, Sendable {
    case text
    case number
    case yes
    case no
    /// The field is there and has no value.
    case null
    /// An object or an array; its bytes are the JSON.
    case structure
  }

  /// A value of a field.
  package struct Value: Sendable {
    package let kind: Kind
    /// In `bytes`.
    package let range: Range<Int>
    fileprivate var next: Int32
  }

  /// Values one behind the other, with their escapes resolved.
  package private(set) var bytes: [UInt8] = []
  private var values: [Value] = []
  private var heads: [Int32] = []
  private var tails: [Int32] = []
  private var ranks: [UInt16] = []
  /// The fields that have a value.
  package private(set) var present: [Int] = []
  var plans: [FieldReader.Plan?] = []
  /// For fields that are computed, and the batch that it was made for.
  var extractor: Extractor?
  weak var batch: EventBatch?

  package init() {}

  mutating func begin(_ count: Int) {
    for slot in present { heads[slot] = -1 }
    present.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    if heads.count < count {
      heads = [Int32](repeating: -1, count: count)
      tails = heads
      ranks = [UInt16](repeating: 0, count: count)
    }
  }

  /// Whether a value would be kept: fields that have one of a better name take no other.
  @inline(__always)
  func wants(_ slot: Int, rank: UInt16) -> Bool {
    // One array of a hostile record must not fill the memory.
    (heads[slot] < 0 || ranks[slot] >= rank) && values.count < 65_536
  }

  /// Takes a text over.
  @inline(__always)
  mutating func copy(_ text: Span<UInt8>, _ range: Range<Int>, escaped: Bool) -> Range<Int> {
    let start = bytes.count
    if escaped {
      JSONScan.unescape(text, range, into: &bytes)
    } else {
      text.extracting(range).withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }
    return start..<bytes.count
  }

  /// Keeps a value that the field wants. Values of worse names go.
  mutating func keep(_ slot: Int, rank: UInt16, _ kind: Kind, _ range: Range<Int>) {
    let place = Int32(truncatingIfNeeded: values.count)
    values.append(Value(kind: kind, range: range, next: -1))
    if heads[slot] < 0 {
      present.append(slot)
      heads[slot] = place
    } else if ranks[slot] > rank {
      heads[slot] = place
    } else {
      values[Int(tails[slot])].next = place
    }
    ranks[slot] = rank
    tails[slot] = place
  }

  /// Keeps a value unless the field has one of a better name.
  mutating func add(_ slot: Int, rank: UInt16, _ kind: Kind, _ text: Span<UInt8>, _ range: Range<Int>, escaped: Bool) {
    guard wants(slot, rank: rank) else { return }
    keep(slot, rank: rank, kind, copy(text, range, escaped: escaped))
  }

  mutating func add(_ slot: Int, rank: UInt16, _ kind: Kind, _ text: String) {
    let bytes = Array(text.utf8)
    add(slot, rank: rank, kind, bytes.span, 0..<bytes.count, escaped: false)
  }

  /// Adds a text that the event does not have itself.
  package mutating func derive(_ slot: Int, _ text: String) {
    guard slot < heads.count else { return }
    add(slot, rank: 0, .text, text)
  }

  package func isPresent(_ slot: Int) -> Bool { heads[slot] >= 0 }

  /// Goes over the values of a field; stops where the body answers false.
  @inline(__always)
  package func forEach(_ slot: Int, _ body: (Value) -> Bool) {
    var place = heads[slot]
    while place >= 0 {
      let value = values[Int(place)]
      guard body(value) else { return }
      place = value.next
    }
  }

  /// The values of a field that are no null, as text.
  package func texts(_ slot: Int) -> [String] {
    var found: [String] = []
    forEach(slot) { value in
      if value.kind != .null { found.append(text(value)) }
      return true
    }
    return found
  }

  /// The first value of a field as text; nil where there is none.
  package func text(_ slot: Int) -> String? {
    var found: String?
    forEach(slot) { value in
      guard value.kind != .null else { return true }
      found = text(value)
      return false
    }
    return found
  }

  package func text(_ value: Value) -> String { String(decoding: bytes[value.range], as: UTF8.self) }
}
