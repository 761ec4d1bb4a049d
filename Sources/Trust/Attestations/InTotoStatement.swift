package import Bytes

/// What an attestation says about artifacts: who they are by digest, and a predicate.
///
/// Source: in-toto/attestation, spec v0.1.0 and v1.
package struct InTotoStatement: Sendable, Hashable {
  /// An artifact that the statement is about.
  package struct Subject: Sendable, Hashable {
    package let name: String
    /// Hexadecimal digits in lower case by algorithm.
    package let digests: [String: String]
  }

  static let firstType = "https://in-toto.io/Statement/v0.1"
  static let currentType = "https://in-toto.io/Statement/v1"

  package let subjects: [Subject]
  package let predicateType: String
  package let predicate: DocumentNode

  package init(payload: [UInt8]) throws(TrustFailure) {
    let node = try StrictJSON.read(payload, of: .statement)
    switch node["_type"]?.string {
    case Self.firstType, Self.currentType: break
    case let other: throw .unsupported(.statement, "type \(other ?? "none")")
    }
    guard let type = node["predicateType"]?.string, !type.isEmpty else {
      throw .malformed(.statement, "predicateType is missing")
    }
    predicateType = type
    predicate = node["predicate"] ?? .null
    let nodes = node["subject"]?.elements ?? []
    guard !nodes.isEmpty else { throw .malformed(.statement, "it has no subject") }
    guard nodes.count <= TrustLimits.subjects else {
      throw .tooLarge(.statement, limit: TrustLimits.subjects, unit: "subjects")
    }
    var subjects: [Subject] = []
    for node in nodes {
      let digests = node["digest"]?.stringMap ?? [:]
      guard !digests.isEmpty else { throw .malformed(.statement, "a subject has no digest") }
      subjects.append(Subject(name: node["name"]?.string ?? "", digests: digests.mapValues { $0.lowercased() }))
    }
    self.subjects = subjects
  }

  /// Whether an artifact is among the subjects.
  package func isAbout(_ digest: ArtifactDigest) -> Bool {
    subjects.contains { $0.digests[digest.algorithm.rawValue] == Hex.text(digest.bytes) }
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(subjects)
    hasher.combine(predicateType)
  }
}
