/// Types of predicates by the short names that cosign gives them.
///
/// Source: cosign, pkg/cosign/attestation; in-toto/attestation, spec/predicates.
package enum PredicateType {
  /// By short name.
  package static let all: [(name: String, uri: String)] = [
    ("slsaprovenance", "https://slsa.dev/provenance/v0.2"),
    ("slsaprovenance02", "https://slsa.dev/provenance/v0.2"),
    ("slsaprovenance1", "https://slsa.dev/provenance/v1"),
    ("link", "https://in-toto.io/Link/v1"),
    ("spdx", "https://spdx.dev/Document"),
    ("spdxjson", "https://spdx.dev/Document"),
    ("cyclonedx", "https://cyclonedx.org/bom"),
    ("vuln", "https://cosign.sigstore.dev/attestation/vuln/v1"),
    ("openvex", "https://openvex.dev/ns"),
    ("custom", "https://cosign.sigstore.dev/attestation/v1"),
    ("sign", cosignSignature),
  ]

  /// What cosign 3 signs in place of a payload of its own.
  package static let cosignSignature = "https://sigstore.dev/cosign/sign/v1"

  /// The URI of a short name; a URI stays.
  package static func uri(_ name: String) -> String { all.first { $0.name == name }?.uri ?? name }

  /// Whether a statement is of a type. Versions that are part of some URIs, such as `https://openvex.dev/ns/v0.2.0` and
  /// `https://spdx.dev/Document/v2.3`, are of the type without them.
  package static func matches(_ found: String, _ wanted: String) -> Bool {
    let wanted = uri(wanted)
    if found == wanted { return true }
    return ["https://openvex.dev/ns", "https://spdx.dev/Document", "https://cyclonedx.org/bom"].contains(wanted)
      && found.hasPrefix(wanted + "/")
  }
}
