import Bytes
import Crypto
import Events

/// What an event is recognised by when it is delivered again: its id, and its original.
///
/// The hash is keyed by a secret of the store, so that nobody can make two events of one key.
struct EventKey: Sendable, Hashable {
  let high: UInt64
  let low: UInt64

  /// The key is a hash already, and nobody can choose one.
  func hash(into hasher: inout Hasher) { hasher.combine(low) }

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// - Parameter prefix: the secret of the store, what the sender or the source tells events apart by, and a zero byte.
  init(_ event: Event, prefix: [UInt8]) {
    var sum = SHA256()
    prefix.withUnsafeBytes { sum.update(bufferPointer: $0) }
    event.withOriginal { $0.withUnsafeBytes { sum.update(bufferPointer: $0) } }
    self.init(sum.finalize())
  }

  /// Of the original alone.
  init(originalOf event: Event) { self.init(event, prefix: []) }

  private init(_ digest: SHA256.Digest) {
    (high, low) = digest.withUnsafeBytes {
      (
        UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
  }

  /// What a block keeps of it.
  var short: UInt32 { UInt32(truncatingIfNeeded: high >> 32) }
}
