import Bytes

/// What cosign's older signatures, and those of Red Hat, sign: the digest of an image and the name that it had.
///
/// Source: containers/image, docs/containers-signature.5.md.
package struct SimpleSigning: Sendable, Hashable {
  /// `sha256:…`.
  package let digest: String
  /// The name that the image had when it was signed; cosign does not verify it.
  package let reference: String
  package let annotations: [String: String]

  package init(payload: [UInt8]) throws(TrustFailure) {
    let node = try StrictJSON.read(payload, of: .payload)
    guard let critical = node["critical"] else { throw .malformed(.payload, "critical is missing") }
    let type = critical["type"]?.string ?? ""
    guard ["cosign container image signature", "atomic container signature"].contains(type) else {
      throw .unsupported(.payload, "type \(type.isEmpty ? "none" : type)")
    }
    guard let digest = critical[path: "image", "docker-manifest-digest"]?.string, Digest(digest) != nil else {
      throw .malformed(.payload, "docker-manifest-digest is missing")
    }
    self.digest = digest
    reference = critical[path: "identity", "docker-reference"]?.string ?? ""
    annotations = node["optional"]?.stringMap ?? [:]
  }
}
