import Bytes
import Crypto
import Events

/// What an event is recognised by when it is delivered again: its id, and its original.
///
/// The hash is keyed by a secret of the store, so that nobody can make two events of one key.
struct EventKey: Sendable, Hashable {
  let high: UInt64
  let low: UInt64

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// - Parameters:
  ///   - id: what the sender or the source tells events apart by.
  ///   - secret: of the store.
  init(_ event: Event, id: String, secret: [UInt8]) {
    var sum = SHA256()
    sum.update(data: secret)
    sum.update(data: Array(id.utf8))
    sum.update(data: [0])
    event.withOriginal { $0.withUnsafeBytes { sum.update(bufferPointer: $0) } }
    self.init(Array(sum.finalize()))
  }

  /// Of the original alone.
  init(originalOf event: Event) {
    var sum = SHA256()
    event.withOriginal { $0.withUnsafeBytes { sum.update(bufferPointer: $0) } }
    self.init(Array(sum.finalize()))
  }

  private init(_ sum: [UInt8]) {
    high = sum.integer(at: 0, .big, as: UInt64.self) ?? 0
    low = sum.integer(at: 8, .big, as: UInt64.self) ?? 0
  }

  /// What a block keeps of it.
  var short: UInt32 { UInt32(truncatingIfNeeded: high >> 32) }
}
