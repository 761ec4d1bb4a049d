package import Bytes
package import Collect
import Findings
package import Trust

/// Signs images and attests things of them, with a key of the user's, and stores that beside the images.
package struct ImageSigning: Sendable {
  /// What is to be said of an image.
  package enum Content: Sendable {
    /// - Parameter annotations: signed with it.
    case signature(annotations: [(key: String, value: String)])
    /// - Parameters:
    ///   - type: a URI, or a short name.
    ///   - predicate: JSON.
    case attestation(type: String, predicate: [UInt8])
  }

  package let signer: ImageSigner
  package let content: Content
  package let created: Timestamp

  package init(signer: ImageSigner, content: Content, created: Timestamp) {
    self.signer = signer
    self.content = content
    self.created = created
  }

  /// - Throws: `BartizanError` where the image is not there, or the place of the signature cannot be written to.
  package func run(_ source: String, _ options: ImageSource.Options) async throws -> ImageSource.Attachment {
    do {
      return try await ImageSource.attach(to: source, options, created: created) { image in
        if await isThere(image) { return nil }
        switch content {
        case .signature(let annotations):
          return try signer.sign(image.digest, repository: image.repository, annotations: annotations)
        case .attestation(let type, let predicate):
          return try signer.attest(image.digest, repository: image.repository, type: type, predicate: predicate)
        }
      }
    } catch let error as TrustFailure {
      throw BartizanError(.input, "\(source): \(error.sentence)")
    }
  }

  /// Whether this key has said the same of the image before, in the same layout.
  private func isThere(_ image: SignedImage) async -> Bool {
    let authority = ImageAuthority(name: "", kind: .keys([signer.key.publicKey]), requiresLog: false)
    let judge = ImageJudge(policies: [], root: nil)
    for evidence in image.evidence where evidence.form.layout == signer.layout {
      guard let result = await judge.verify(evidence, of: image, by: authority, now: created), result.verdict.isVerified
      else { continue }
      switch (content, result.purpose) {
      case (.signature(let annotations), .signature): if annotations.isEmpty { return true }
      case (.attestation(let type, let predicate), .attestation):
        if let statement = result.verdict.statement, statement.predicateType == PredicateType.uri(type),
          let wanted = try? JSONReader.read(predicate), statement.predicate == wanted
        {
          return true
        }
      default: continue
      }
    }
    return false
  }
}

extension SignedImage.Evidence.Form {
  /// Nil for what is not written here.
  fileprivate var layout: ImageSigner.Layout? {
    switch self {
    case .bundle: .bundle
    case .cosign: .tags
    case .notation: nil
    }
  }
}
