/// An identifier of content: a hash algorithm and the hash, such as `sha256:` and 64 hexadecimal digits.
///
/// Source: OCI image specification 1.1, descriptor.md, "Digests".
package struct Digest: Sendable, Hashable {
  /// The algorithms that the OCI specification registers and registries use.
  package enum Algorithm: String, Sendable {
    case sha256
    case sha512

    /// Size of a hash in bytes.
    package var length: Int {
      switch self {
      case .sha256: 32
      case .sha512: 64
      }
    }
  }

  package let algorithm: Algorithm
  /// `algorithm:digits`, in lower case.
  package let text: String

  /// - Parameter text: `sha256:` or `sha512:` with the exact number of digits, in lower case as the specification
  ///   requires.
  /// - Returns: nil for anything else, so that only real digests become part of paths and requests.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let algorithm = Algorithm(rawValue: String(parts[0])),
      parts[1].utf8.count == 2 * algorithm.length,
      parts[1].utf8.allSatisfy({ $0 &- 0x30 < 10 || $0 &- 0x61 < 6 })
    else { return nil }
    self.algorithm = algorithm
    self.text = String(text)
  }

  /// - Parameter sum: the complete hash.
  package init(_ algorithm: Algorithm, sum: some Sequence<UInt8>) {
    var bytes = Array(algorithm.rawValue.utf8) + [0x3A]
    Hex.append(sum, to: &bytes)
    self.algorithm = algorithm
    text = String(decoding: bytes, as: UTF8.self)
  }

  /// The hexadecimal digits after the colon.
  package var hex: Substring { text.dropFirst(algorithm.rawValue.utf8.count + 1) }

  /// The first twelve digits, as tools display them.
  package var short: String { String(hex.prefix(12)) }
}

extension Digest: Comparable {
  package static func < (a: Digest, b: Digest) -> Bool { a.text < b.text }
}

extension Digest: CustomStringConvertible {
  package var description: String { text }
}
