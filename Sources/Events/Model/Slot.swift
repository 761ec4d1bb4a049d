/// A range of bytes in the input of a batch, or in the bytes that decoding produced (its arena).
///
/// Takes eight bytes instead of a String per value: an audit event has a dozen values, most of which are never read.
package struct Slot: Sendable, Hashable {
  package let offset: UInt32
  private let lengthAndRegion: UInt32

  private static let arenaBit: UInt32 = 1 << 31

  /// - Parameters: a range within a buffer of less than 2 GiB.
  init(_ start: Int, _ end: Int, isMade: Bool) {
    offset = UInt32(truncatingIfNeeded: start)
    lengthAndRegion =
      UInt32(truncatingIfNeeded: max(0, end - start)) & ~Self.arenaBit | (isMade ? Self.arenaBit : 0)
  }

  private init() {
    offset = .max
    lengthAndRegion = 0
  }

  /// The slot of an absent value.
  package static let none = Slot()

  package var isNone: Bool { offset == .max }
  package var length: Int { Int(lengthAndRegion & ~Self.arenaBit) }
  /// Whether the bytes are in the arena.
  package var isMade: Bool { lengthAndRegion & Self.arenaBit != 0 }
  package var range: Range<Int> { Int(offset)..<Int(offset) + length }
}
