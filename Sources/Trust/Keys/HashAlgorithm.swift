import Bytes
import Crypto

/// Hash functions of signatures.
package enum HashAlgorithm: String, Sendable, Hashable, CaseIterable {
  case sha256
  case sha384
  case sha512

  /// Size of a hash in bytes.
  package var length: Int {
    switch self {
    case .sha256: 32
    case .sha384: 48
    case .sha512: 64
    }
  }

  package func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
    let bytes = Array(bytes)
    return switch self {
    case .sha256: Array(SHA256.hash(data: bytes))
    case .sha384: Array(SHA384.hash(data: bytes))
    case .sha512: Array(SHA512.hash(data: bytes))
    }
  }

  /// By the names of Sigstore (`SHA2_256`, also numbers of the enumeration) and of older log entries (`sha256`).
  init?(name: String) {
    switch name {
    case "SHA2_256", "sha256", "1": self = .sha256
    case "SHA2_384", "sha384", "2": self = .sha384
    case "SHA2_512", "sha512", "3": self = .sha512
    default: return nil
    }
  }
}

/// A hash that was computed elsewhere, in the form in which the library takes it.
struct GivenHash: Crypto.Digest {
  static var byteCount: Int { 64 }
  let bytes: [UInt8]

  func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try bytes.withUnsafeBytes(body)
  }

  func makeIterator() -> Array<UInt8>.Iterator { bytes.makeIterator() }
  var description: String { Hex.text(bytes) }
}
