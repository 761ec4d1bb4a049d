import Bytes

/// Documents within others: a DSSE envelope holds a statement of in-toto, whose predicate is the SBOM. Whether it is signed by whom it
/// should be is not looked at here.
///
/// Source: in-toto attestation framework 1.0, "Envelope", "Statement", predicates CycloneDX and SPDX; DSSE protocol.
enum SBOMEnvelope {
  /// What a statement of in-toto is about: its `subject`; nil where nothing is wrapped in one.
  static func subjects(of document: DocumentNode) -> DocumentNode? {
    var subjects: DocumentNode?
    _ = content(of: document) { subjects = $0["subject"] ?? subjects }
    return subjects
  }

  /// The innermost document; the same one where nothing is wrapped.
  static func content(of document: DocumentNode) -> DocumentNode { content(of: document) { _ in } }

  /// - Parameter visit: called with each statement on the way.
  private static func content(of document: DocumentNode, visit: (DocumentNode) -> Void) -> DocumentNode {
    var document = document
    // An envelope, a statement, and cosign's `Data` within the predicate.
    for _ in 0..<4 {
      if document["payloadType"]?.string == "application/vnd.in-toto+json",
        let bytes = document["payload"]?.string.flatMap({ Base64.decode($0) }), let inner = try? JSONReader.read(bytes)
      {
        document = inner
      } else if let envelope = document["dsseEnvelope"] {
        document = envelope
      } else if document["predicateType"] != nil, let predicate = document["predicate"] {
        visit(document)
        document = predicate
      } else if let data = document["Data"], document["bomFormat"] == nil, document["spdxVersion"] == nil {
        guard let text = data.string else {
          document = data
          continue
        }
        guard let inner = try? JSONReader.read(Array(text.utf8)) else { return document }
        document = inner
      } else if let export = document["sbom"], export["spdxVersion"] != nil {
        // As GitHub gives it out.
        document = export
      } else {
        return document
      }
    }
    return document
  }
}
