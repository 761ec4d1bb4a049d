import Bytes
import Crypto
import CryptoExtras
import SwiftASN1
import X509

/// How a signature is made; the hash is part of it.
package enum SignatureScheme: Sendable, Hashable {
  case ecdsa(HashAlgorithm)
  case ed25519
  case rsaPKCS1(HashAlgorithm)
  case rsaPSS(HashAlgorithm)
}

/// A public key: ECDSA on P-256, P-384 or P-521, Ed25519, or RSA of 2048 to 8192 bits.
package struct VerificationKey: Sendable, Hashable {
  /// The algorithms of keys.
  package enum Kind: String, Sendable, Hashable {
    case p256
    case p384
    case p521
    case ed25519
    case rsa
  }

  package let kind: Kind
  /// SubjectPublicKeyInfo (RFC 5280) in DER.
  package let spki: [UInt8]
  private let key: Certificate.PublicKey

  /// - Parameter spki: SubjectPublicKeyInfo in DER, as in PEM files and certificates.
  package init(spki: [UInt8]) throws(TrustFailure) {
    guard spki.count <= TrustLimits.keyBytes else {
      throw .tooLarge(.publicKey, limit: TrustLimits.keyBytes, unit: "bytes")
    }
    do { key = try Certificate.PublicKey(derEncoded: spki) } catch {
      throw Self.weakness(spki: spki) ?? .malformed(.publicKey, "it is neither ECDSA on a NIST curve, Ed25519 nor RSA")
    }
    self.spki = spki
    if P256.Signing.PublicKey(key) != nil {
      kind = .p256
    } else if P384.Signing.PublicKey(key) != nil {
      kind = .p384
    } else if P521.Signing.PublicKey(key) != nil {
      kind = .p521
    } else if Curve25519.Signing.PublicKey(key) != nil {
      kind = .ed25519
    } else if let rsa = _RSA.Signing.PublicKey(key) {
      guard (TrustLimits.rsaBits...TrustLimits.mostRSABits).contains(rsa.keySizeInBits) else {
        throw .weakKey("RSA of \(rsa.keySizeInBits) bits")
      }
      kind = .rsa
    } else {
      throw .unsupported(.publicKey, "neither ECDSA on a NIST curve, Ed25519 nor RSA")
    }
  }

  /// A key as RSAPublicKey (RFC 8017), which older logs use.
  init(pkcs1: [UInt8]) throws(TrustFailure) {
    // AlgorithmIdentifier { rsaEncryption, NULL }.
    let algorithm: [UInt8] = [
      0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
    ]
    let bits = DERWriter.value(0x03, [0x00] + pkcs1)
    self = try VerificationKey(spki: DERWriter.value(0x30, algorithm + bits))
  }

  /// - Parameter pem: exactly one `PUBLIC KEY` or `RSA PUBLIC KEY`.
  package init(pem: [UInt8]) throws(TrustFailure) {
    let documents = try PEM.documents(pem, of: .publicKey)
    guard documents.count == 1, let document = documents.first else {
      throw .malformed(.publicKey, "the file must hold exactly one key")
    }
    switch document.label {
    case "PUBLIC KEY": self = try VerificationKey(spki: document.der)
    case "RSA PUBLIC KEY": self = try VerificationKey(pkcs1: document.der)
    case let label where label.hasSuffix("PRIVATE KEY"):
      throw .malformed(.publicKey, "the file holds a private key; give the public one")
    default: throw .malformed(.publicKey, "the file holds \(document.label), not a public key")
    }
  }

  /// RSA of fewer bits than the library takes.
  private static func weakness(spki: [UInt8]) -> TrustFailure? {
    guard var fields = try? DERFields(der: spki[...], of: .publicKey), var algorithm = try? fields.fields(),
      let identifier = try? algorithm.objectIdentifier(), identifier == [1, 2, 840, 113549, 1, 1, 1],
      let bits = try? fields.bits(), var key = try? DERFields(der: bits, of: .publicKey),
      let modulus = try? key.bigInteger()
    else { return nil }
    let size = modulus.drop { $0 == 0 }
    guard let first = size.first else { return nil }
    let count = size.count * 8 - first.leadingZeroBitCount
    return count < TrustLimits.rsaBits || count > TrustLimits.mostRSABits ? .weakKey("RSA of \(count) bits") : nil
  }

  /// Size of an RSA key in bits; nil for other keys.
  package var rsaBits: Int? { _RSA.Signing.PublicKey(key)?.keySizeInBits }

  /// SHA-256 of the key, in hexadecimal digits.
  package var fingerprint: String { Hex.text(HashAlgorithm.sha256.hash(spki)) }

  /// The hash that the registry of Sigstore's algorithms pairs with the key.
  package var hash: HashAlgorithm {
    switch kind {
    case .p256, .rsa: .sha256
    case .p384: .sha384
    case .p521, .ed25519: .sha512
    }
  }

  /// The ways in which a key of this kind signs where nothing says how: with the hash of its size, and with SHA-256, which
  /// cosign used for all keys.
  package var schemes: [SignatureScheme] {
    switch kind {
    case .p256: [.ecdsa(.sha256)]
    case .p384: [.ecdsa(.sha384), .ecdsa(.sha256)]
    case .p521: [.ecdsa(.sha512), .ecdsa(.sha256)]
    case .ed25519: [.ed25519]
    case .rsa: [.rsaPKCS1(.sha256), .rsaPSS(.sha256)]
    }
  }

  /// Whether the signature is valid in any of the `schemes`.
  package func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
    schemes.contains { isValid(signature, for: message, $0) }
  }

  /// Whether the signature over the message is valid; false for a scheme that does not fit the key.
  ///
  /// - Parameter signature: ECDSA in DER.
  package func isValid(_ signature: [UInt8], for message: [UInt8], _ scheme: SignatureScheme) -> Bool {
    guard signature.count <= TrustLimits.signatureBytes else { return false }
    return isValid(signature, for: MessageDigest(message, scheme), scheme)
  }

  /// The same for a message that was hashed before.
  func isValid(_ signature: [UInt8], for message: MessageDigest, _ scheme: SignatureScheme) -> Bool {
    guard signature.count <= TrustLimits.signatureBytes else { return false }
    switch scheme {
    case .ecdsa: return message.bytes.map { isValid(signature, hash: $0) } ?? false
    case .ed25519:
      guard case .whole(let message) = message else { return false }
      return Curve25519.Signing.PublicKey(key)?.isValidSignature(signature, for: message) ?? false
    case .rsaPKCS1: return isValidRSA(signature, message, .insecurePKCS1v1_5)
    case .rsaPSS: return isValidRSA(signature, message, .PSS)
    }
  }

  private func isValidRSA(_ signature: [UInt8], _ message: MessageDigest, _ padding: _RSA.Signing.Padding) -> Bool {
    guard let rsa = _RSA.Signing.PublicKey(key) else { return false }
    let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
    return switch message {
    case .sha256(let digest): rsa.isValidSignature(signature, for: digest, padding: padding)
    case .sha384(let digest): rsa.isValidSignature(signature, for: digest, padding: padding)
    case .sha512(let digest): rsa.isValidSignature(signature, for: digest, padding: padding)
    case .whole: false
    }
  }

  /// Whether an ECDSA signature over a hash is valid; false for other keys, which need the message.
  package func isValid(_ signature: [UInt8], hash: [UInt8]) -> Bool {
    guard signature.count <= TrustLimits.signatureBytes, hash.count >= 32 else { return false }
    let hash = GivenHash(bytes: hash)
    if let key = P256.Signing.PublicKey(key),
      let signature = try? P256.Signing.ECDSASignature(derRepresentation: signature)
    {
      return key.isValidSignature(signature, for: hash)
    }
    if let key = P384.Signing.PublicKey(key),
      let signature = try? P384.Signing.ECDSASignature(derRepresentation: signature)
    {
      return key.isValidSignature(signature, for: hash)
    }
    if let key = P521.Signing.PublicKey(key),
      let signature = try? P521.Signing.ECDSASignature(derRepresentation: signature)
    {
      return key.isValidSignature(signature, for: hash)
    }
    return false
  }

  /// Whether a signature over a hash can be checked without the message.
  package var takesHash: Bool { kind == .p256 || kind == .p384 || kind == .p521 }
}
