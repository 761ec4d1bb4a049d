import Bytes

/// An entry of a transparency log (Rekor) with the evidence that it is in the log.
///
/// Source: sigstore/protobuf-specs, sigstore_rekor.proto.
package struct LogEntry: Sendable, Hashable {
  /// The hashes that lead from the entry to the root of the tree.
  package struct InclusionProof: Sendable, Hashable {
    package let index: UInt64
    package let rootHash: [UInt8]
    package let treeSize: UInt64
    package let hashes: [[UInt8]]
    /// A signed note; nil in the bundles of old clients.
    package let checkpoint: String?
  }

  package let index: UInt64
  package let logID: [UInt8]
  package let kind: String
  package let version: String
  /// Seconds since 1970; nil where the log does not say, as Rekor v2.
  package let integratedTime: UInt64?
  /// The signed entry timestamp of Rekor v1.
  package let promise: [UInt8]?
  package let proof: InclusionProof?
  package let body: [UInt8]

  init(_ node: DocumentNode) throws(TrustFailure) {
    guard let index = try node.unsigned("logIndex", of: .logEntry) ?? (node["inclusionProof"] == nil ? nil : 0) else {
      throw .malformed(.logEntry, "logIndex is missing")
    }
    self.index = index
    guard let id = node["logId"] else { throw .malformed(.logEntry, "logId is missing") }
    logID = try id.base64("keyId", of: .logEntry)
    kind = node[path: "kindVersion", "kind"]?.string ?? ""
    version = node[path: "kindVersion", "version"]?.string ?? ""
    let time = try node.unsigned("integratedTime", of: .logEntry)
    integratedTime = time == 0 ? nil : time
    promise = try node["inclusionPromise"]?.base64("signedEntryTimestamp", of: .logEntry)
    body = try node.base64("canonicalizedBody", of: .logEntry)
    guard !body.isEmpty else { throw .malformed(.logEntry, "canonicalizedBody is empty") }
    guard let proof = node["inclusionProof"] else {
      self.proof = nil
      return
    }
    let hashes = proof["hashes"]?.elements ?? []
    guard hashes.count <= TrustLimits.proofHashes else {
      throw .tooLarge(.inclusionProof, limit: TrustLimits.proofHashes, unit: "hashes")
    }
    var path: [[UInt8]] = []
    for hash in hashes {
      guard let text = hash.string, let bytes = DocumentNode.decodeBase64(text), bytes.count == 32 else {
        throw .malformed(.inclusionProof, "a hash is not 32 bytes in base 64")
      }
      path.append(bytes)
    }
    self.proof = InclusionProof(
      index: try proof.unsigned("logIndex", of: .inclusionProof) ?? 0,
      rootHash: try proof.base64("rootHash", of: .inclusionProof),
      treeSize: try proof.unsigned("treeSize", of: .inclusionProof) ?? 0, hashes: path,
      checkpoint: proof[path: "checkpoint", "envelope"]?.string)
  }

  init(
    index: UInt64, logID: [UInt8], kind: String, version: String, integratedTime: UInt64?, promise: [UInt8]?,
    body: [UInt8]
  ) {
    self.index = index
    self.logID = logID
    self.kind = kind
    self.version = version
    self.integratedTime = integratedTime
    self.promise = promise
    self.body = body
    proof = nil
  }

  /// What the signed entry timestamp signs: canonical JSON (RFC 8785) of the entry without its proof.
  var promisedBytes: [UInt8] {
    var writer = JSONWriter(pretty: false)
    writer.object {
      $0.field("body", Base64.encode(body))
      $0.field("integratedTime", Int(clamping: integratedTime ?? 0))
      $0.field("logID", Hex.text(logID))
      $0.field("logIndex", Int(clamping: index))
    }
    return writer.bytes
  }
}
