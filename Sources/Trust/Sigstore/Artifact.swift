package import Bytes

/// A hash of an artifact.
package struct ArtifactDigest: Sendable, Hashable {
  package let algorithm: HashAlgorithm
  package let bytes: [UInt8]

  /// - Returns: nil where the number of bytes does not fit.
  package init?(_ algorithm: HashAlgorithm, _ bytes: [UInt8]) {
    guard bytes.count == algorithm.length else { return nil }
    self.algorithm = algorithm
    self.bytes = bytes
  }

  /// - Parameter digest: as registries write it.
  package init(_ digest: Digest) {
    algorithm = digest.algorithm == .sha512 ? .sha512 : .sha256
    bytes = Hex.bytes(digest.hex) ?? []
  }

  /// `algorithm:digits`.
  package var text: String { "\(algorithm.rawValue):\(Hex.text(bytes))" }
}

/// What was signed: its bytes, or, where it is too large or elsewhere, its digest alone.
package enum Artifact: Sendable, Hashable {
  case bytes([UInt8])
  case digest(ArtifactDigest)

  /// Nil where only the digest of another algorithm is known.
  package func digest(_ algorithm: HashAlgorithm) -> ArtifactDigest? {
    switch self {
    case .bytes(let bytes): ArtifactDigest(algorithm, algorithm.hash(bytes))
    case .digest(let digest): digest.algorithm == algorithm ? digest : nil
    }
  }

  /// The digest by which people know it.
  package var shown: String {
    switch self {
    case .bytes: digest(.sha256)?.text ?? ""
    case .digest(let digest): digest.text
    }
  }
}
