import Bytes

/// A Dead Simple Signing Envelope: a payload with its type, and signatures over both.
///
/// Source: secure-systems-lab/dsse, protocol.md and envelope.md.
package struct DSSEEnvelope: Sendable, Hashable {
  /// A signature over payload and type.
  package struct Signature: Sendable, Hashable {
    package let keyIdentifier: String?
    package let bytes: [UInt8]
  }

  package static let inTotoType = "application/vnd.in-toto+json"

  package let payloadType: String
  package let payload: [UInt8]
  package let signatures: [Signature]

  package init(payloadType: String, payload: [UInt8], signatures: [Signature]) {
    self.payloadType = payloadType
    self.payload = payload
    self.signatures = signatures
  }

  package init(json: [UInt8]) throws(TrustFailure) {
    self = try DSSEEnvelope(try StrictJSON.read(json, of: .envelope))
  }

  init(_ node: DocumentNode) throws(TrustFailure) {
    guard let type = node["payloadType"]?.string, !type.isEmpty else {
      throw .malformed(.envelope, "payloadType is missing")
    }
    payloadType = type
    payload = try node.base64("payload", of: .envelope)
    let nodes = node["signatures"]?.elements ?? []
    guard !nodes.isEmpty else { throw .missing(.signature) }
    guard nodes.count <= TrustLimits.chain else {
      throw .tooLarge(.envelope, limit: TrustLimits.chain, unit: "signatures")
    }
    var signatures: [Signature] = []
    for node in nodes {
      let bytes = try node.base64("sig", of: .envelope)
      guard !bytes.isEmpty else { throw .missing(.signature) }
      signatures.append(Signature(keyIdentifier: node["keyid"]?.string, bytes: bytes))
    }
    self.signatures = signatures
  }

  /// The pre-authentication encoding, which is what is signed.
  package var signedBytes: [UInt8] {
    var bytes = Array("DSSEv1 \(payloadType.utf8.count) \(payloadType) \(payload.count) ".utf8)
    bytes += payload
    return bytes
  }
}
