package import Bytes

/// A document of a TUF repository: what a role says, and who signed it.
///
/// Source: The Update Framework specification 1.0.33, section 4, "Document formats".
package struct TUFMetadata: Sendable {
  /// The four roles at the top; delegated ones are targets, too.
  package enum Role: String, Sendable, Hashable, CaseIterable {
    case root
    case timestamp
    case snapshot
    case targets
  }

  /// What is stated about another document, or about a target.
  package struct File: Sendable, Hashable {
    /// Nil for a target.
    package let version: UInt64?
    /// In bytes; nil where it is not stated.
    package let length: UInt64?
    /// Hexadecimal digits by algorithm.
    package let hashes: [HashAlgorithm: String]
  }

  /// Who may sign for a role, and how many of them must.
  package struct Signers: Sendable, Hashable {
    package let keys: [String]
    package let threshold: Int
  }

  package let role: Role
  package let version: UInt64
  package let expires: Timestamp
  /// What is signed, in canonical form.
  package let signedBytes: [UInt8]
  /// Signatures by identifier of the key; each identifier once.
  package let signatures: [(key: String, signature: [UInt8])]
  /// The document, for what only some roles have.
  let signed: DocumentNode

  /// - Throws: for anything that is not a document of this role.
  package init(_ role: Role, json: [UInt8]) throws(TrustFailure) {
    let node = try StrictJSON.read(json, of: .updateMetadata)
    guard let signed = node["signed"], signed.mapping != nil else { throw Self.wrong(role, "signed is missing") }
    guard signed["_type"]?.string == role.rawValue else {
      throw Self.wrong(role, "its type is \(signed["_type"]?.string ?? "missing")")
    }
    // Other major versions may mean something else by the same words.
    guard let specification = signed["spec_version"]?.string, specification.hasPrefix("1.") else {
      throw .unsupported(.updateMetadata, "version \(signed["spec_version"]?.string ?? "none") of the specification")
    }
    guard let version = try signed.unsigned("version", of: .updateMetadata), version > 0 else {
      throw Self.wrong(role, "version is missing")
    }
    guard let text = signed["expires"]?.string, text.hasSuffix("Z"), let expires = Timestamp(text) else {
      throw Self.wrong(role, "expires is no time in UTC")
    }
    let list = node["signatures"]?.array ?? []
    guard list.count <= TrustLimits.trustedItems else {
      throw .tooLarge(.updateMetadata, limit: TrustLimits.trustedItems, unit: "signatures")
    }
    var signatures: [(key: String, signature: [UInt8])] = []
    var seen = Set<String>()
    for item in list {
      guard let key = item["keyid"]?.string, let text = item["sig"]?.string else {
        throw Self.wrong(role, "a signature is not one")
      }
      guard seen.insert(key).inserted else { throw .duplicate(.signature) }
      // Tools that sign by and by leave the places of those who have not signed yet empty.
      signatures.append((key, Hex.bytes(text) ?? []))
    }
    self.role = role
    self.version = version
    self.expires = expires
    self.signatures = signatures
    self.signed = signed
    signedBytes = try CanonicalJSON.bytes(signed, of: .updateMetadata)
  }

  static func wrong(_ role: Role, _ reason: String) -> TrustFailure {
    .malformed(.updateMetadata, "\(role.rawValue): \(reason)")
  }

  // MARK: Parts

  /// Keys and who may sign for which role; of a root, or of delegations.
  struct Keys: Sendable {
    /// Nil for keys of a kind that is not known here: they count for nothing.
    let keys: [String: TUFKey?]
    let roles: [String: Signers]
  }

  static func keys(_ node: DocumentNode, of role: Role) throws(TrustFailure) -> [String: TUFKey?] {
    var keys: [String: TUFKey?] = [:]
    guard node.entries.count <= TrustLimits.trustedItems else {
      throw .tooLarge(.updateMetadata, limit: TrustLimits.trustedItems, unit: "keys")
    }
    for entry in node.entries {
      do throws(TrustFailure) { keys[entry.key] = try TUFKey(entry.value) } catch {
        guard case .unsupported = error else { throw error }
        keys[entry.key] = .some(nil)
      }
    }
    return keys
  }

  static func signers(_ node: DocumentNode?, of role: Role) throws(TrustFailure) -> Signers {
    guard let node, let ids = node["keyids"]?.strings,
      let threshold = try node.unsigned("threshold", of: .updateMetadata),
      (1...UInt64(TrustLimits.trustedItems)).contains(threshold), !ids.isEmpty, ids.count <= TrustLimits.trustedItems
    else { throw wrong(role, "keys or threshold of a role are missing") }
    guard Set(ids).count == ids.count else { throw .duplicate(.publicKey) }
    return Signers(keys: ids, threshold: Int(threshold))
  }

  static func file(_ node: DocumentNode, _ role: Role, hasVersion: Bool) throws(TrustFailure) -> File {
    var hashes: [HashAlgorithm: String] = [:]
    for entry in node["hashes"]?.entries ?? [] {
      guard let algorithm = HashAlgorithm(rawValue: entry.key) else { continue }
      guard let text = entry.value.string, Hex.bytes(text)?.count == algorithm.length else {
        throw wrong(role, "a hash is not one")
      }
      hashes[algorithm] = text.lowercased()
    }
    if let stated = node["hashes"], !stated.entries.isEmpty, hashes.isEmpty {
      throw .unsupported(.updateMetadata, "hashes of other kinds than SHA-2")
    }
    let version = try node.unsigned("version", of: .updateMetadata)
    guard !hasVersion || version ?? 0 > 0 else { throw wrong(role, "the version of a document is missing") }
    return File(
      version: hasVersion ? version : nil, length: try node.unsigned("length", of: .updateMetadata), hashes: hashes)
  }
}

extension TUFMetadata.File {
  /// Whether bytes are what is stated of them.
  func verify(_ bytes: [UInt8], named name: String) throws(TrustFailure) {
    if let length, UInt64(bytes.count) != length {
      throw .malformed(.updateMetadata, "\(name) has \(bytes.count) bytes, not \(length)")
    }
    for (algorithm, stated) in hashes.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let found = Hex.text(algorithm.hash(bytes))
      guard found == stated else {
        throw .digestMismatch(signed: "\(algorithm.rawValue):\(stated)", given: "\(algorithm.rawValue):\(found)")
      }
    }
  }
}

/// A key of a TUF repository.
struct TUFKey: Sendable, Hashable {
  let key: VerificationKey
  let scheme: SignatureScheme

  init(_ node: DocumentNode) throws(TrustFailure) {
    guard let type = node["keytype"]?.string, let scheme = node["scheme"]?.string,
      let text = node[path: "keyval", "public"]?.string
    else { throw .malformed(.updateMetadata, "a key has no type, scheme or value") }
    switch (type, scheme) {
    case ("ed25519", "ed25519"):
      guard let raw = Hex.bytes(text), raw.count == 32 else {
        throw .malformed(.updateMetadata, "an Ed25519 key has a wrong length")
      }
      key = try VerificationKey(
        spki: [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00] + raw)
      self.scheme = .ed25519
    case ("ecdsa", "ecdsa-sha2-nistp256"), ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"):
      key = try VerificationKey(pem: Array(text.utf8))
      self.scheme = .ecdsa(.sha256)
    case ("ecdsa", "ecdsa-sha2-nistp384"), ("ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384"):
      key = try VerificationKey(pem: Array(text.utf8))
      self.scheme = .ecdsa(.sha384)
    case ("rsa", "rsassa-pss-sha256"):
      key = try VerificationKey(pem: Array(text.utf8))
      self.scheme = .rsaPSS(.sha256)
    case ("rsa", "rsassa-pss-sha384"):
      key = try VerificationKey(pem: Array(text.utf8))
      self.scheme = .rsaPSS(.sha384)
    case ("rsa", "rsassa-pss-sha512"):
      key = try VerificationKey(pem: Array(text.utf8))
      self.scheme = .rsaPSS(.sha512)
    default: throw .unsupported(.updateMetadata, "key \(type) with \(scheme)")
    }
  }
}
