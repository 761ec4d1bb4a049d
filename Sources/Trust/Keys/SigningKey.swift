import Bytes
import Crypto
import CryptoExtras
import SwiftASN1

/// A private key: ECDSA on P-256, P-384 or P-521, Ed25519, or RSA.
///
/// New keys, and the random numbers of ECDSA and RSASSA-PSS, come from the crypto library itself: nobody may choose them.
package struct SigningKey: Sendable {
  /// The kinds of keys that can be made.
  package enum Kind: String, Sendable, CaseIterable {
    case p256
    case p384
    case p521
    case ed25519
    case rsa3072
    case rsa4096
  }

  private enum Secret: Sendable {
    case p256(P256.Signing.PrivateKey)
    case p384(P384.Signing.PrivateKey)
    case p521(P521.Signing.PrivateKey)
    case ed25519(Curve25519.Signing.PrivateKey)
    case rsa(_RSA.Signing.PrivateKey)
  }

  private let secret: Secret
  package let publicKey: VerificationKey

  private init(_ secret: Secret) throws(TrustFailure) {
    self.secret = secret
    let spki: [UInt8] =
      switch secret {
      case .p256(let key): Array(key.publicKey.derRepresentation)
      case .p384(let key): Array(key.publicKey.derRepresentation)
      case .p521(let key): Array(key.publicKey.derRepresentation)
      case .ed25519(let key):
        // SubjectPublicKeyInfo { id-Ed25519, BIT STRING } (RFC 8410).
        [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
          + Array(key.publicKey.rawRepresentation)
      case .rsa(let key): Array(key.publicKey.derRepresentation)
      }
    publicKey = try VerificationKey(spki: spki)
  }

  package static func generate(_ kind: Kind) throws(TrustFailure) -> SigningKey {
    switch kind {
    case .p256: return try SigningKey(.p256(P256.Signing.PrivateKey()))
    case .p384: return try SigningKey(.p384(P384.Signing.PrivateKey()))
    case .p521: return try SigningKey(.p521(P521.Signing.PrivateKey()))
    case .ed25519: return try SigningKey(.ed25519(Curve25519.Signing.PrivateKey()))
    case .rsa3072, .rsa4096:
      do {
        return try SigningKey(.rsa(_RSA.Signing.PrivateKey(keySize: kind == .rsa3072 ? .bits3072 : .bits4096)))
      } catch let error as TrustFailure { throw error } catch {
        throw .malformed(.privateKey, "no RSA key could be made")
      }
    }
  }

  /// What a file of a private key holds.
  package enum File: Sendable {
    case plain(SigningKey)
    case encrypted(EncryptedKeyFile)

    /// - Parameter pem: PKCS #8, SEC 1 or PKCS #1 without a password, or the encrypted file of cosign.
    package init(pem: [UInt8]) throws(TrustFailure) {
      let documents = try PEM.documents(pem, of: .privateKey)
      // Parameters of a curve may stand before the key, as OpenSSL writes them.
      let keys = documents.filter { $0.label != "EC PARAMETERS" }
      guard keys.count == 1, let document = keys.first else {
        throw .malformed(.privateKey, "the file must hold exactly one key")
      }
      switch document.label {
      case "PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY": self = .plain(try SigningKey(der: document.der))
      case let label where EncryptedKeyFile.labels.contains(label):
        self = .encrypted(try EncryptedKeyFile(json: document.der))
      case "ENCRYPTED PRIVATE KEY":
        throw .unsupported(
          .privateKey,
          "encrypted PKCS #8; `openssl pkcs8 -in KEY` takes the password off, cosign's own encryption is read")
      case "PUBLIC KEY": throw .malformed(.privateKey, "the file holds a public key; signing takes the private one")
      default: throw .unsupported(.privateKey, document.label)
      }
    }
  }

  /// - Parameter der: PKCS #8, SEC 1 or PKCS #1.
  package init(der: [UInt8]) throws(TrustFailure) {
    guard der.count <= TrustLimits.keyBytes else {
      throw .tooLarge(.privateKey, limit: TrustLimits.keyBytes, unit: "bytes")
    }
    // Bytes behind the key would be read over.
    _ = try DERFields(der: der[...], of: .privateKey)
    if let key = try? P256.Signing.PrivateKey(derRepresentation: der) {
      try self.init(.p256(key))
    } else if let key = try? P384.Signing.PrivateKey(derRepresentation: der) {
      try self.init(.p384(key))
    } else if let key = try? P521.Signing.PrivateKey(derRepresentation: der) {
      try self.init(.p521(key))
    } else if let seed = Self.ed25519Seed(der), let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) {
      try self.init(.ed25519(key))
    } else if let key = try? _RSA.Signing.PrivateKey(derRepresentation: der) {
      try self.init(.rsa(key))
    } else {
      throw .unsupported(.privateKey, "neither ECDSA on a NIST curve, Ed25519 nor RSA of 2048 bits or more")
    }
  }

  /// The seed in a PrivateKeyInfo of Ed25519 (RFC 8410, section 7).
  private static func ed25519Seed(_ der: [UInt8]) -> [UInt8]? {
    guard var fields = try? DERFields(der: der[...], of: .privateKey), (try? fields.integer()) != nil,
      var algorithm = try? fields.fields(), let identifier = try? algorithm.objectIdentifier(),
      identifier == [1, 3, 101, 112], let octets = try? fields.octets(), octets.count == 34,
      octets.starts(with: [4, 32])
    else { return nil }
    return Array(octets.dropFirst(2))
  }

  /// The key without a password, as PKCS #8 in DER.
  package var pkcs8: [UInt8] {
    switch secret {
    case .p256(let key): Array(key.pkcs8DERRepresentation)
    case .p384(let key): Array(key.pkcs8DERRepresentation)
    case .p521(let key): Array(key.pkcs8DERRepresentation)
    case .ed25519(let key):
      // PrivateKeyInfo { version 0, id-Ed25519, OCTET STRING { OCTET STRING } } (RFC 8410).
      [0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20]
        + Array(key.rawRepresentation)
    case .rsa(let key): Array(key.pkcs8DERRepresentation)
    }
  }

  /// Signs a message.
  ///
  /// - Parameter hash: for ECDSA and RSA (PKCS #1 v1.5); Ed25519 has its own.
  /// - Returns: ECDSA in DER.
  package func sign(_ message: [UInt8], _ hash: HashAlgorithm) throws(TrustFailure) -> [UInt8] {
    do {
      switch (secret, hash) {
      case (.p256(let key), .sha256): return Array(try key.signature(for: SHA256.hash(data: message)).derRepresentation)
      case (.p256(let key), .sha384): return Array(try key.signature(for: SHA384.hash(data: message)).derRepresentation)
      case (.p256(let key), .sha512): return Array(try key.signature(for: SHA512.hash(data: message)).derRepresentation)
      case (.p384(let key), .sha256): return Array(try key.signature(for: SHA256.hash(data: message)).derRepresentation)
      case (.p384(let key), .sha384): return Array(try key.signature(for: SHA384.hash(data: message)).derRepresentation)
      case (.p384(let key), .sha512): return Array(try key.signature(for: SHA512.hash(data: message)).derRepresentation)
      case (.p521(let key), .sha256): return Array(try key.signature(for: SHA256.hash(data: message)).derRepresentation)
      case (.p521(let key), .sha384): return Array(try key.signature(for: SHA384.hash(data: message)).derRepresentation)
      case (.p521(let key), .sha512): return Array(try key.signature(for: SHA512.hash(data: message)).derRepresentation)
      case (.ed25519(let key), _): return Array(try key.signature(for: message))
      case (.rsa(let key), .sha256): return try Self.rsa(key, SHA256.hash(data: message))
      case (.rsa(let key), .sha384): return try Self.rsa(key, SHA384.hash(data: message))
      case (.rsa(let key), .sha512): return try Self.rsa(key, SHA512.hash(data: message))
      }
    } catch { throw .unsupported(.privateKey, "it does not sign") }
  }

  private static func rsa(_ key: _RSA.Signing.PrivateKey, _ digest: some Crypto.Digest) throws -> [UInt8] {
    Array(try key.signature(for: digest, padding: .insecurePKCS1v1_5).rawRepresentation)
  }
}
