/// Bounds on untrusted signatures and certificates. Real ones stay far below: a bundle is some 10 KB.
package enum TrustLimits {
  /// Largest bundle, envelope, trusted root or policy in bytes. Attestations of large SBOMs reach tens of megabytes.
  static let documentBytes = 64 << 20
  /// Largest certificate in bytes.
  static let certificateBytes = 64 << 10
  /// Largest public key in bytes; RSA 16384 needs 2 KB.
  static let keyBytes = 16 << 10
  /// Memory for the derivation of a key from a password, in bytes: 16 times what cosign uses.
  static let derivationBytes = 1 << 30
  /// Signatures under one tag.
  static let signatureLayers = 1_000
  /// Largest signature in bytes.
  static let signatureBytes = 16 << 10
  /// Largest timestamp token in bytes.
  static let timestampBytes = 256 << 10
  /// Largest revocation list in bytes.
  package static let revocationListBytes = 32 << 20
  /// Largest answer on the status of a certificate (OCSP), in bytes.
  package static let statusResponseBytes = 64 << 10
  /// Answers in one response.
  static let statusAnswers = 256
  /// Places where the status of a certificate can be asked for.
  static let distributionPoints = 16
  /// Certificates in one chain.
  static let chain = 16
  /// Alternative names in one certificate.
  static let names = 256
  /// Timestamps in one bundle.
  static let timestamps = 32
  /// Log entries in one bundle.
  static let logEntries = 32
  /// Hashes in one inclusion proof: a tree of 2^63 leaves has 63 levels.
  static let proofHashes = 64
  /// Signatures under one checkpoint.
  static let checkpointSignatures = 100
  /// Signed certificate timestamps in one certificate.
  static let certificateTimestamps = 16
  /// Certificates, keys, logs in one trusted root.
  static let trustedItems = 1_000
  /// Subjects of one statement.
  static let subjects = 100_000
  /// Smallest RSA key in bits.
  static let rsaBits = 2048
  /// Largest RSA key in bits: verification takes time with the square of it.
  static let mostRSABits = 8192
  /// Nesting of CBOR.
  static let cborDepth = 16
  /// Items in one CBOR document.
  static let cborItems = 10_000
}
