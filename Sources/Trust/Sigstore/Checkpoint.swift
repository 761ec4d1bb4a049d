import Bytes

/// The signed state of a log: a note with origin, size and root.
///
/// Source: C2SP, tlog-checkpoint.md and signed-note.md.
package struct Checkpoint: Sendable, Hashable {
  /// A line of signature under the note.
  package struct Signature: Sendable, Hashable {
    package let name: String
    package let keyHint: [UInt8]
    package let bytes: [UInt8]
  }

  package let origin: String
  package let size: UInt64
  package let rootHash: [UInt8]
  package let signatures: [Signature]
  /// The text that is signed, with its last line feed.
  package let text: [UInt8]

  package init(_ note: String) throws(TrustFailure) {
    let bytes = Array(note.utf8)
    guard bytes.count <= 64 << 10 else { throw .tooLarge(.checkpoint, limit: 64 << 10, unit: "bytes") }
    let separator: [UInt8] = [0x0A, 0x0A]
    // The signatures begin after the last empty line.
    guard
      let split = bytes.indices.dropLast().last(where: { bytes[$0] == separator[0] && bytes[$0 + 1] == separator[1] })
    else { throw .malformed(.checkpoint, "it has no signatures") }
    text = Array(bytes[...split])
    let lines = bytes[..<split].split(separator: 0x0A, omittingEmptySubsequences: false)
    guard lines.count >= 3 else { throw .malformed(.checkpoint, "origin, size and root hash are not all there") }
    origin = String(decoding: lines[0], as: UTF8.self)
    let digits = String(decoding: lines[1], as: UTF8.self)
    guard !origin.isEmpty, !digits.isEmpty, digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let size = UInt64(digits),
      digits == String(size), size <= UInt64(Int64.max)
    else { throw .malformed(.checkpoint, "its size is not a number") }
    self.size = size
    guard let root = Base64.decode(exactly: String(decoding: lines[2], as: UTF8.self)), root.count == 32 else {
      throw .malformed(.checkpoint, "its root hash is not 32 bytes in base 64")
    }
    rootHash = root
    var signatures: [Signature] = []
    for line in bytes[(split + 2)...].split(separator: 0x0A, omittingEmptySubsequences: true) {
      guard signatures.count < TrustLimits.checkpointSignatures else {
        throw .tooLarge(.checkpoint, limit: TrustLimits.checkpointSignatures, unit: "signatures")
      }
      let words = String(decoding: line, as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
      guard words.count == 3, words[0] == "\u{2014}", !words[1].isEmpty,
        let blob = Base64.decode(exactly: words[2]), blob.count > 4
      else { throw .malformed(.checkpoint, "a signature line is not valid") }
      signatures.append(
        Signature(name: String(words[1]), keyHint: Array(blob.prefix(4)), bytes: Array(blob.dropFirst(4))))
    }
    guard !signatures.isEmpty else { throw .malformed(.checkpoint, "it has no signatures") }
    self.signatures = signatures
  }

  /// Verifies the log's own signature; those of witnesses and of other keys are passed over.
  ///
  /// Rekor v1 writes its tree's number behind the name into the origin; everywhere else the origin is the name.
  func verify(_ log: TrustedRoot.Log) throws(TrustFailure) {
    let hint = Array(log.id.prefix(4))
    let candidates = signatures.filter {
      $0.keyHint == hint && (origin == $0.name || origin.hasPrefix($0.name + " - "))
        && (log.key.kind != .ed25519 || log.host.isEmpty || $0.name == log.host)
    }
    guard !candidates.isEmpty else { throw .unknownLog(.checkpoint, id: origin) }
    guard candidates.contains(where: { log.key.isValid($0.bytes, for: text) }) else {
      throw .signatureInvalid(.checkpoint)
    }
  }
}
