import Bytes
import Crypto
import CryptoExtras
import TestKit
import Testing
import Trust

/// Bundles that are signed here with keys of every kind.
@Suite struct KeySignatureTests {
  static let artifact = Array("the artifact".utf8)

  static func bundle(signature: [UInt8], artifact: [UInt8]) -> [UInt8] {
    let digest = Base64.encode(HashAlgorithm.sha256.hash(artifact))
    return Array(
      """
      {"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
       "verificationMaterial": {"publicKey": {"hint": ""}},
       "messageSignature": {"messageDigest": {"algorithm": "SHA2_256", "digest": "\(digest)"},
       "signature": "\(Base64.encode(signature))"}}
      """.utf8)
  }

  static let emptyRoot = Array(#"{"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1"}"#.utf8)

  struct Pair {
    let name: String
    let spki: [UInt8]
    let signatures: [[UInt8]]
  }

  static func pairs() throws -> [Pair] {
    let p256 = P256.Signing.PrivateKey()
    let p384 = P384.Signing.PrivateKey()
    let p521 = P521.Signing.PrivateKey()
    let ed25519 = Curve25519.Signing.PrivateKey()
    let rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    let prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
    return [
      Pair(
        name: "P-256", spki: Array(p256.publicKey.derRepresentation),
        signatures: [Array(try p256.signature(for: artifact).derRepresentation)]),
      Pair(
        name: "P-384", spki: Array(p384.publicKey.derRepresentation),
        signatures: [
          Array(try p384.signature(for: artifact).derRepresentation),
          Array(try p384.signature(for: SHA256.hash(data: artifact)).derRepresentation),
        ]),
      Pair(
        name: "P-521", spki: Array(p521.publicKey.derRepresentation),
        signatures: [
          Array(try p521.signature(for: artifact).derRepresentation),
          Array(try p521.signature(for: SHA256.hash(data: artifact)).derRepresentation),
        ]),
      Pair(
        name: "Ed25519", spki: prefix + Array(ed25519.publicKey.rawRepresentation),
        signatures: [Array(try ed25519.signature(for: artifact))]),
      Pair(
        name: "RSA", spki: Array(rsa.publicKey.derRepresentation),
        signatures: [
          Array(try rsa.signature(for: SHA256.hash(data: artifact), padding: .PSS).rawRepresentation),
          Array(try rsa.signature(for: SHA256.hash(data: artifact), padding: .insecurePKCS1v1_5).rawRepresentation),
        ]),
    ]
  }

  @Test func everyKindOfKey() async throws {
    let root = try TrustedRoot(json: Self.emptyRoot)
    let verifier = SigstoreVerifier(root: root, requirements: .init(log: false))
    let strict = SigstoreVerifier(root: root)
    let pairs = try Self.pairs()
    for (index, pair) in pairs.enumerated() {
      let key = try VerificationKey(spki: pair.spki)
      let pem = try VerificationKey(pem: Array(PEM.text("PUBLIC KEY", pair.spki).utf8))
      #expect(key == pem)
      for signature in pair.signatures {
        let json = Self.bundle(signature: signature, artifact: Self.artifact)
        let verdict = await verifier.verify(json: json, artifact: .bytes(Self.artifact), expected: .key(key))
        #expect(verdict.isVerified, "\(pair.name): \(verdict.failure?.sentence ?? "")")
        #expect(verdict.signer == .key(fingerprint: key.fingerprint))
        let withLog = await strict.verify(json: json, artifact: .bytes(Self.artifact), expected: .key(key))
        #expect(withLog.failedStep == .logEntry)
        let other = try VerificationKey(spki: pairs[(index + 1) % pairs.count].spki)
        let wrong = await verifier.verify(json: json, artifact: .bytes(Self.artifact), expected: .key(other))
        #expect(wrong.failedStep == .signature)
        let changed = await verifier.verify(
          json: json, artifact: .bytes(Self.artifact + [0]), expected: .key(key))
        #expect(changed.failedStep == .signature)
        var broken = signature
        broken[broken.count / 2] ^= 1
        let damaged = await verifier.verify(
          json: Self.bundle(signature: broken, artifact: Self.artifact), artifact: .bytes(Self.artifact),
          expected: .key(key))
        #expect(damaged.failedStep == .signature)
      }
    }
  }

  @Test func weakAndForeignKeysAreRefused() throws {
    let rsa = try _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: 1024))
    #expect(throws: TrustFailure.weakKey("RSA of 1024 bits")) {
      _ = try VerificationKey(spki: Array(rsa.publicKey.derRepresentation))
    }
    // secp256k1 under the identifier of EC keys.
    let point = [UInt8](repeating: 4, count: 65)
    let spki: [UInt8] =
      [0x30, 0x56, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B, 0x81, 0x04]
      + [0x00, 0x0A, 0x03, 0x42, 0x00] + point
    #expect(throws: TrustFailure.self) { _ = try VerificationKey(spki: spki) }
    let p256 = Array(P256.Signing.PrivateKey().publicKey.derRepresentation)
    #expect(throws: TrustFailure.self) { _ = try VerificationKey(spki: p256 + [0]) }
    #expect(throws: TrustFailure.self) {
      _ = try VerificationKey(pem: Array((PEM.text("PUBLIC KEY", p256) + PEM.text("PUBLIC KEY", p256)).utf8))
    }
    #expect(throws: TrustFailure.self) {
      _ = try VerificationKey(pem: Array(PEM.text("PRIVATE KEY", p256).utf8))
    }
  }

  @Test func ambiguousBundlesAreRefused() async throws {
    let verifier = SigstoreVerifier(root: try TrustedRoot(json: Self.emptyRoot), requirements: .init(log: false))
    let pair = try Self.pairs()[0]
    let json = String(
      decoding: Self.bundle(signature: pair.signatures[0], artifact: Self.artifact), as: UTF8.self)
    let envelope = #""dsseEnvelope": {"payloadType": "a", "payload": "YQ==", "signatures": [{"sig": "YQ=="}]}"#
    let changes = [
      json.replacing("\"messageSignature\":", with: "\"messageSignature\": {}, \"messageSignature\":"),
      json.replacing("{\"hint\": \"\"}", with: "{\"hint\": \"\", \"hint\": \"a\"}"),
      json.replacing("\"messageSignature\":", with: envelope + ", \"messageSignature\":"),
      json.replacing("\"publicKey\":", with: "\"x509CertificateChain\": {\"certificates\": []}, \"publicKey\":"),
      json + "{}", json.replacing("SHA2_256", with: "MD5"),
    ]
    for change in changes {
      #expect(change != json)
      let verdict = await verifier.verify(
        json: Array(change.utf8), artifact: .bytes(Self.artifact),
        expected: .key(try VerificationKey(spki: pair.spki)))
      #expect(verdict.failedStep == .format, "\(change)")
    }
  }
}
