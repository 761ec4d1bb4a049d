package import Bytes
package import Trust

/// What was signed, and where the signature is (`image sign`, `image attest`).
package struct ImageSigningAnswer: KindOfAnswer {
  package static let kind = "ImageSigning"

  /// One image.
  package struct Item: Sendable {
    package let image: String
    package let digest: String
    /// The digest of the manifest that holds the signature, or its tag; nil where the same was there before.
    package let origin: String?

    package init(image: String, digest: String, origin: String?) {
      self.image = image
      self.digest = digest
      self.origin = origin
    }
  }

  private let items: [Item]
  private let key: VerificationKey
  private let predicateType: String?

  /// - Parameter predicateType: of an attestation; nil for signatures.
  package init(_ items: [Item], key: VerificationKey, predicateType: String?) {
    self.items = items
    self.key = key
    self.predicateType = predicateType
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("key", key.fingerprint)
    writer.key("predicateType")
    writer.value(predicateType)
    writer.key("images")
    writer.array(of: items) { writer, item in
      writer.object { writer in
        writer.field("image", item.image)
        writer.field("digest", item.digest)
        writer.key("signature")
        writer.value(item.origin)
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    var text = ""
    for item in items {
      text += terminal.bold(Terminal.printable(item.image)) + "\n  \(item.digest)\n"
      let what = predicateType.map { "an attestation of \($0)" } ?? "a signature"
      if let origin = item.origin {
        text += terminal.wrapped("\(what) by key \(key.fingerprint.prefix(16)): \(origin)", indent: 2) + "\n"
      } else {
        text += terminal.wrapped("the same by key \(key.fingerprint.prefix(16)) was there: nothing was done", indent: 2)
        text += "\n"
      }
    }
    return text
  }
}
