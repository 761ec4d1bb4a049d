/// Thousands of patterns and regular expressions compiled together, so that one pass over a text finds all that match.
///
/// Patterns without wildcards stand in a hash table of whole values. Of every other pattern the rarest group of up to
/// four bytes of a literal that it requires stands in a table of groups; where the text has that group, the literal is
/// compared, then the whole pattern (after Wu and Manber, "A fast algorithm for multi-pattern searching", TR-94-17,
/// whose blocks are looked up at every position here instead of shifting by them). What requires no literal is tried
/// on every text. Texts are folded once for all patterns.
package final class PatternIndex: Sendable {
  /// What a text is compared with.
  package enum Entry: Sendable {
    case pattern(TextPattern)
    case expression(LinearRegex)
  }

  /// A literal at which an entry is tried.
  private struct Key: Sendable {
    var entry: Int32
    /// The literal, in `literals`.
    var start: Int32
    var count: Int32
    /// Where in the literal the group stands.
    var offset: Int32
    var shape: Shape
  }

  private enum Shape: UInt8, Sendable {
    /// The literal at the start, at the end, anywhere: nothing else to compare.
    case prefix
    case suffix
    case contains
    /// The whole entry is compared.
    case other
  }

  /// Groups of one length.
  private struct Table: Sendable {
    var bits: UInt32 = 0
    var marks: [UInt64] = []
    var starts: [Int32] = []
    var keys: [Key] = []
    var isEmpty: Bool { keys.isEmpty }
  }

  /// Maximum number of steps that one expression may take on one text: about a tenth of a second.
  package static let mostSteps = 10_000_000

  private let entries: [Entry]
  private let literals: [UInt8]
  private let tables: [Table]
  private let exact: [UInt64: [Int32]]
  private let always: [Int32]
  /// Lengths of whole values that occur, as bits; the last stands for all above.
  private let exactLengths: UInt64

  package var count: Int { entries.count }

  package init(_ entries: [Entry]) {
    self.entries = entries
    var exact: [UInt64: [Int32]] = [:]
    var lengths: UInt64 = 0
    var always: [Int32] = []
    var literals: [UInt8] = []
    var wanted: [(entry: Int, literal: [UInt8], shape: Shape)] = []
    for (index, entry) in entries.enumerated() {
      switch entry {
      case .pattern(let pattern):
        if let text = pattern.exact {
          let folded = pattern.isCased ? CaseFolding.folded(text) : text
          let hash = folded.withUnsafeBufferPointer { Self.hash($0) }
          exact[hash, default: []].append(Int32(index))
          lengths |= 1 << UInt64(min(folded.count, 63))
          continue
        }
        let literal = pattern.longestLiteral
        if literal.isEmpty {
          always.append(Int32(index))
        } else {
          wanted.append((index, literal, Self.shape(pattern)))
        }
      case .expression(let expression):
        if expression.requiredLiteral.isEmpty {
          always.append(Int32(index))
        } else {
          wanted.append((index, expression.requiredLiteral, .other))
        }
      }
    }

    // The rarer a group is among the literals, the fewer are compared where it occurs.
    var frequency: [UInt32: Int] = [:]
    for (_, literal, _) in wanted where literal.count >= 4 {
      for place in 0...(literal.count - 4) { frequency[Self.group(literal, place, 4), default: 0] += 1 }
    }
    var keys: [[(UInt32, Key)]] = [[], [], [], []]
    for (entry, literal, shape) in wanted {
      let length = min(4, literal.count)
      var best = 0
      if length == 4 {
        var rarest = Int.max
        for place in 0...(literal.count - 4) {
          let count = frequency[Self.group(literal, place, 4)] ?? 0
          if count < rarest {
            rarest = count
            best = place
          }
        }
      }
      let key = Key(
        entry: Int32(entry), start: Int32(literals.count), count: Int32(literal.count), offset: Int32(best),
        shape: shape)
      literals += literal
      keys[length - 1].append((Self.group(literal, best, length), key))
    }
    self.exact = exact
    self.exactLengths = lengths
    self.always = always
    self.literals = literals
    tables = keys.map(Self.table)
  }

  private static func shape(_ pattern: TextPattern) -> Shape {
    guard !pattern.isCased else { return .other }
    switch (pattern.elements.count, pattern.elements.first, pattern.elements.last) {
    case (2, .bytes, .many): return .prefix
    case (2, .many, .bytes): return .suffix
    case (3, .many, .many): return .contains
    default: return .other
    }
  }

  private static func table(_ keys: [(UInt32, Key)]) -> Table {
    var table = Table()
    guard !keys.isEmpty else { return table }
    var bits: UInt32 = 6
    while bits < 16, 1 << Int(bits) < keys.count * 8 { bits += 1 }
    table.bits = bits
    let size = 1 << Int(bits)
    table.marks = [UInt64](repeating: 0, count: max(1, size / 64))
    var counts = [Int32](repeating: 0, count: size + 1)
    let slots = keys.map { slot($0.0, bits) }
    for slot in slots { counts[slot + 1] += 1 }
    for index in 1...size { counts[index] += counts[index - 1] }
    table.starts = counts
    let order = keys.indices.sorted { (slots[$0], $0) < (slots[$1], $1) }
    table.keys = order.map { keys[$0].1 }
    for slot in slots { table.marks[slot >> 6] |= 1 << UInt64(slot & 63) }
    return table
  }

  @inline(__always)
  private static func slot(_ group: UInt32, _ bits: UInt32) -> Int { Int((group &* 0x9E37_79B1) >> (32 &- bits)) }

  private static func group(_ bytes: [UInt8], _ place: Int, _ length: Int) -> UInt32 {
    var group: UInt32 = 0
    for offset in 0..<length { group |= UInt32(bytes[place + offset]) << UInt32(8 * offset) }
    return group
  }

  /// FNV-1a.
  private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
  }

  /// Finds the entries that match a text.
  ///
  /// - Parameters:
  ///   - text: as it is.
  ///   - folded: without regard to case.
  ///   - isKnown: whether an entry is known to match already and need not be tried.
  ///   - skipped: takes each expression that would need more than `mostSteps` on this text and was not tried.
  ///   - found: takes each entry that matches; the same one may be given again.
  @inline(__always)
  package func search(
    _ text: UnsafeBufferPointer<UInt8>, folded: UnsafeBufferPointer<UInt8>, isKnown: (Int) -> Bool,
    skipped: (Int) -> Void, _ found: (Int) -> Void
  ) {
    if exactLengths & 1 << UInt64(min(folded.count, 63)) != 0, let places = exact[Self.hash(folded)] {
      for entry in places where !isKnown(Int(entry)) && matches(Int(entry), text, folded, skipped) { found(Int(entry)) }
    }
    for entry in always where !isKnown(Int(entry)) && matches(Int(entry), text, folded, skipped) { found(Int(entry)) }
    for length in 1...4 {
      let table = tables[length - 1]
      guard !table.isEmpty, folded.count >= length else { continue }
      let mask: UInt32 = length == 4 ? .max : 1 << UInt32(8 * length) &- 1
      let last = folded.count - length
      let bits = table.bits
      let base = UnsafeRawPointer(folded.baseAddress.unsafelyUnwrapped)
      table.marks.withUnsafeBufferPointer { marks in
        var place = 0
        while place <= last {
          // Four bytes at once where they are there.
          var group: UInt32
          if place &+ 4 <= folded.count {
            group = base.loadUnaligned(fromByteOffset: place, as: UInt32.self) & mask
          } else {
            group = 0
            for offset in 0..<length { group |= UInt32(folded[place + offset]) << UInt32(8 * offset) }
          }
          let slot = Self.slot(group, bits)
          if marks[slot >> 6] & 1 << UInt64(slot & 63) != 0 {
            visit(table, slot, place, text, folded, isKnown, skipped, found)
          }
          place &+= 1
        }
      }
    }
  }

  @inline(never)
  private func visit(
    _ table: Table, _ slot: Int, _ place: Int, _ text: UnsafeBufferPointer<UInt8>,
    _ folded: UnsafeBufferPointer<UInt8>, _ isKnown: (Int) -> Bool, _ skipped: (Int) -> Void,
    _ found: (Int) -> Void
  ) {
    for index in Int(table.starts[slot])..<Int(table.starts[slot + 1]) {
      let key = table.keys[index]
      let start = place - Int(key.offset)
      let count = Int(key.count)
      guard start >= 0, start + count <= folded.count else { continue }
      switch key.shape {
      case .prefix where start != 0: continue
      case .suffix where start + count != folded.count: continue
      default: break
      }
      let literal = Int(key.start)
      var offset = 0
      while offset < count, folded[start + offset] == literals[literal + offset] { offset += 1 }
      guard offset == count, !isKnown(Int(key.entry)) else { continue }
      if key.shape == .other, !matches(Int(key.entry), text, folded, skipped) { continue }
      found(Int(key.entry))
    }
  }

  private func matches(
    _ entry: Int, _ text: UnsafeBufferPointer<UInt8>, _ folded: UnsafeBufferPointer<UInt8>,
    _ skipped: (Int) -> Void
  ) -> Bool {
    switch entries[entry] {
    case .pattern(let pattern): return pattern.matches(pattern.isCased ? text : folded)
    case .expression(let expression):
      let text = String(decoding: text, as: UTF8.self)
      guard expression.steps(text) <= Self.mostSteps else {
        skipped(entry)
        return false
      }
      return expression.matches(text)
    }
  }
}
