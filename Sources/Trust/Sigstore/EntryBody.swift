import Bytes

/// What a log entry says, in the kinds of entries that Rekor has for artifacts and envelopes.
///
/// Source: sigstore/rekor, pkg/types; sigstore/rekor-tiles, api/proto.
enum EntryBody {
  /// The key of an entry: a certificate or a public key.
  enum Verifier: Hashable {
    case certificate([UInt8])
    case key([UInt8])
  }

  /// The pieces of the bundle that an entry is compared with.
  struct Signed {
    let signature: [UInt8]
    let verifier: Verifier
    /// What was hashed: the artifact, or the pre-authentication encoding.
    let hashed: Artifact
    let envelope: DSSEEnvelope?
  }

  static func compare(_ entry: LogEntry, with signed: Signed) throws(TrustFailure) {
    let body = try StrictJSON.read(entry.body, of: .logEntry)
    let kind = body["kind"]?.string ?? ""
    let version = body["apiVersion"]?.string ?? ""
    guard entry.kind.isEmpty && entry.version.isEmpty || entry.kind == kind && entry.version == version else {
      throw .entryMismatch(.kind)
    }
    guard let spec = body["spec"] else { throw .malformed(.logEntry, "spec is missing") }
    switch (kind, version) {
    case ("hashedrekord", "0.0.1"):
      try compareHash(
        name: spec[path: "data", "hash", "algorithm"]?.string ?? "",
        value: Hex.bytes(spec[path: "data", "hash", "value"]?.string ?? ""), signed.hashed)
      guard let signature = spec["signature"] else { throw .malformed(.logEntry, "signature is missing") }
      try compareSignature(try signature.base64("content", of: .logEntry), signed)
      guard let key = signature["publicKey"] else { throw .malformed(.logEntry, "publicKey is missing") }
      try compareVerifier(pem: try key.base64("content", of: .logEntry), signed)
    case ("hashedrekord", "0.0.2"):
      guard let spec = spec["hashedRekordV002"], let data = spec["data"], let signature = spec["signature"] else {
        throw .malformed(.logEntry, "hashedRekordV002 is not complete")
      }
      try compareHash(
        name: data["algorithm"]?.text ?? "", value: try data.base64("digest", of: .logEntry), signed.hashed)
      try compareSignature(try signature.base64("content", of: .logEntry), signed)
      try compareVerifier(signature["verifier"], signed)
    case ("dsse", "0.0.1"):
      try comparePayload(spec["payloadHash"], key: "value", signed)
      let signatures = spec["signatures"]?.elements ?? []
      guard signatures.count == 1, let first = signatures.first else { throw .entryMismatch(.signature) }
      try compareSignature(try first.base64("signature", of: .logEntry), signed)
      try compareVerifier(pem: try first.base64("verifier", of: .logEntry), signed)
    case ("dsse", "0.0.2"):
      guard let spec = spec["dsseV002"] else { throw .malformed(.logEntry, "dsseV002 is missing") }
      try comparePayload(spec["payloadHash"], key: "digest", signed)
      let signatures = spec["signatures"]?.elements ?? []
      guard signatures.count == 1, let first = signatures.first else { throw .entryMismatch(.signature) }
      try compareSignature(try first.base64("content", of: .logEntry), signed)
      try compareVerifier(first["verifier"], signed)
    case ("intoto", "0.0.2"):
      try comparePayload(spec[path: "content", "payloadHash"], key: "value", signed)
      let signatures = spec[path: "content", "envelope", "signatures"]?.elements ?? []
      guard signatures.count == 1, let first = signatures.first else { throw .entryMismatch(.signature) }
      // Encoded twice: the envelope holds base 64, and so does the field.
      let outer = try first.base64("sig", of: .logEntry)
      guard let signature = DocumentNode.decodeBase64(String(decoding: outer, as: UTF8.self)) else {
        throw .malformed(.logEntry, "sig is not base 64")
      }
      try compareSignature(signature, signed)
      try compareVerifier(pem: try first.base64("publicKey", of: .logEntry), signed)
    case ("intoto", "0.0.1"):
      // Without the signature, the payload and the key bind it: the signature is verified over the one with the other.
      try comparePayload(spec[path: "content", "payloadHash"], key: "value", signed)
      try compareVerifier(pem: try spec.base64("publicKey", of: .logEntry), signed)
    default: throw .unsupported(.logEntry, "\(kind) \(version)")
    }
  }

  private static func compareHash(name: String, value: [UInt8]?, _ hashed: Artifact) throws(TrustFailure) {
    guard let algorithm = HashAlgorithm(name: name), let value else {
      throw .unsupported(.logEntry, "hash algorithm \(name)")
    }
    guard let digest = hashed.digest(algorithm), digest.bytes == value else { throw .entryMismatch(.digest) }
  }

  private static func comparePayload(_ hash: DocumentNode?, key: String, _ signed: Signed) throws(TrustFailure) {
    guard let hash else { throw .malformed(.logEntry, "payloadHash is missing") }
    guard let algorithm = HashAlgorithm(name: hash["algorithm"]?.text ?? "") else {
      throw .unsupported(.logEntry, "hash algorithm of the payload")
    }
    let value = key == "digest" ? try hash.base64(key, of: .logEntry) : Hex.bytes(hash[key]?.string ?? "")
    guard let envelope = signed.envelope, algorithm.hash(envelope.payload) == value else {
      throw .entryMismatch(.payload)
    }
  }

  private static func compareSignature(_ signature: [UInt8], _ signed: Signed) throws(TrustFailure) {
    guard signature == signed.signature else { throw .entryMismatch(.signature) }
  }

  private static func compareVerifier(pem: [UInt8], _ signed: Signed) throws(TrustFailure) {
    let documents = try PEM.documents(pem, of: .logEntry)
    guard documents.count == 1, let document = documents.first else { throw .entryMismatch(.key) }
    let verifier: Verifier = document.label == "CERTIFICATE" ? .certificate(document.der) : .key(document.der)
    guard verifier == signed.verifier else { throw .entryMismatch(.key) }
  }

  private static func compareVerifier(_ node: DocumentNode?, _ signed: Signed) throws(TrustFailure) {
    let verifier: Verifier
    if let certificate = node?["x509Certificate"] {
      verifier = .certificate(try certificate.base64("rawBytes", of: .logEntry))
    } else if let key = node?["publicKey"] {
      verifier = .key(try key.base64("rawBytes", of: .logEntry))
    } else {
      throw .malformed(.logEntry, "verifier is missing")
    }
    guard verifier == signed.verifier else { throw .entryMismatch(.key) }
  }
}
