import Bytes
import Crypto
import CryptoExtras

/// A private key as cosign keeps it: PKCS #8, encrypted under a password.
///
/// Source: secure-systems-lab/go-securesystemslib, encrypted/encrypted.go; cosign, pkg/cosign/keys.go.
package struct EncryptedKeyFile: Sendable {
  /// What cosign writes now, and what older versions wrote.
  package static let labels = ["ENCRYPTED SIGSTORE PRIVATE KEY", "ENCRYPTED COSIGN PRIVATE KEY"]

  /// Cost of the derivation of a key from a password.
  package struct Cost: Sendable, Hashable {
    package let rounds: Int
    package let blockSize: Int
    package let parallelism: Int

    /// What cosign writes.
    package static let usual = Cost(rounds: 65_536, blockSize: 8, parallelism: 1)

    package init(rounds: Int, blockSize: Int, parallelism: Int) {
      self.rounds = rounds
      self.blockSize = blockSize
      self.parallelism = parallelism
    }

    /// Bytes of memory that it takes.
    var memory: Int { 128 * rounds * blockSize }
  }

  private let cost: Cost
  private let salt: [UInt8]
  private let nonce: [UInt8]
  private let box: [UInt8]

  /// - Parameter json: what the PEM document holds.
  package init(json: [UInt8]) throws(TrustFailure) {
    let node = try StrictJSON.read(json, of: .privateKey)
    let kdf = node["kdf"] ?? .null
    guard kdf["name"]?.string == "scrypt" else {
      throw .unsupported(.privateKey, "key derivation \(kdf["name"]?.string ?? "none")")
    }
    let cipher = node["cipher"] ?? .null
    guard cipher["name"]?.string == "nacl/secretbox" else {
      throw .unsupported(.privateKey, "cipher \(cipher["name"]?.string ?? "none")")
    }
    let parameters = kdf["params"] ?? .null
    let rounds = try parameters.unsigned("N", of: .privateKey) ?? 0
    let blockSize = try parameters.unsigned("r", of: .privateKey) ?? 0
    let parallelism = try parameters.unsigned("p", of: .privateKey) ?? 0
    // The numbers come from the file: they must not decide how much memory and time is spent.
    guard (1 << 10...1 << 20).contains(rounds), rounds & (rounds - 1) == 0, (1...32).contains(blockSize),
      (1...16).contains(parallelism)
    else { throw .malformed(.privateKey, "the cost of its key derivation is out of range") }
    cost = Cost(rounds: Int(rounds), blockSize: Int(blockSize), parallelism: Int(parallelism))
    guard cost.memory <= TrustLimits.derivationBytes else {
      throw .tooLarge(.privateKey, limit: TrustLimits.derivationBytes, unit: "bytes of memory for its key derivation")
    }
    salt = try kdf.base64("salt", of: .privateKey)
    nonce = try cipher.base64("nonce", of: .privateKey)
    box = try node.base64("ciphertext", of: .privateKey)
    guard (8...1_024).contains(salt.count), nonce.count == SecretBox.nonceBytes,
      (SecretBox.tagBytes...TrustLimits.keyBytes).contains(box.count)
    else { throw .malformed(.privateKey, "salt, nonce or ciphertext has a wrong length") }
  }

  /// Encrypts a key.
  ///
  /// - Parameters:
  ///   - salt: 32 random bytes.
  ///   - nonce: 24 random bytes.
  package init(
    pkcs8: [UInt8], password: [UInt8], salt: [UInt8], nonce: [UInt8], cost: Cost = .usual
  ) throws(TrustFailure) {
    self.cost = cost
    self.salt = salt
    self.nonce = nonce
    guard let box = SecretBox.seal(pkcs8, key: try Self.key(password, salt, cost), nonce: nonce) else {
      throw .malformed(.privateKey, "the nonce has a wrong length")
    }
    self.box = box
  }

  /// The key, as PKCS #8.
  ///
  /// - Throws: `wrongPassword` also where the file has been changed: the two cannot be told apart.
  package func open(_ password: [UInt8]) throws(TrustFailure) -> [UInt8] {
    guard let opened = SecretBox.open(box, key: try Self.key(password, salt, cost), nonce: nonce) else {
      throw .wrongPassword
    }
    return opened
  }

  private static func key(_ password: [UInt8], _ salt: [UInt8], _ cost: Cost) throws(TrustFailure) -> [UInt8] {
    do {
      let key = try KDF.Scrypt.deriveKey(
        from: password, salt: salt, outputByteCount: SecretBox.keyBytes, rounds: cost.rounds,
        blockSize: cost.blockSize, parallelism: cost.parallelism, maxMemory: TrustLimits.derivationBytes + (1 << 20))
      return key.withUnsafeBytes { Array($0) }
    } catch { throw .malformed(.privateKey, "its key derivation failed") }
  }

  /// As a file.
  package var pem: String {
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.key("kdf")
      writer.object { writer in
        writer.field("name", "scrypt")
        writer.key("params")
        writer.object { writer in
          writer.field("N", cost.rounds)
          writer.field("r", cost.blockSize)
          writer.field("p", cost.parallelism)
        }
        writer.field("salt", Base64.encode(salt))
      }
      writer.key("cipher")
      writer.object { writer in
        writer.field("name", "nacl/secretbox")
        writer.field("nonce", Base64.encode(nonce))
      }
      writer.field("ciphertext", Base64.encode(box))
    }
    return PEM.text(Self.labels[0], writer.bytes)
  }
}
