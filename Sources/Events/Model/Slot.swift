/// A place of bytes: in the input of a batch, or among the bytes that decoding made anew (its arena).
///
/// Eight bytes instead of a String for each value: an event of the audit log has a dozen of them, and most are never
/// looked at.
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

  /// The place of a value that is not there.
  package static let none = Slot()

  package var isNone: Bool { offset == .max }
  package var length: Int { Int(lengthAndRegion & ~Self.arenaBit) }
  /// Whether the bytes are of the arena.
  package var isMade: Bool { lengthAndRegion & Self.arenaBit != 0 }
  package var range: Range<Int> { Int(offset)..<Int(offset) + length }
}
