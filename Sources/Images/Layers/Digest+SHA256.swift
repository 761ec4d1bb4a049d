package import Bytes
import Crypto

extension Bytes.Digest {
  /// The SHA-256 of bytes. Source: FIPS 180-4, by the swift-crypto library.
  package static func sha256(_ bytes: some Sequence<UInt8>) -> Bytes.Digest {
    var sum = SHA256()
    let done: Void? = bytes.withContiguousStorageIfAvailable { sum.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    if done == nil { sum.update(data: Array(bytes)) }
    return Bytes.Digest(.sha256, sum: sum.finalize())
  }
}
