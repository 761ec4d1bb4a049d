/// What policies come to for the signatures of the images of a cluster, by the names that its workloads give them.
package struct ImageTrustVerdicts: Sendable {
  /// What is known of one image.
  package struct Answer: Sendable, Hashable {
    /// What is known of its signatures.
    package enum Standing: String, Sendable, Hashable, CaseIterable {
      case verified
      /// Not as policies ask, and let through by an exception.
      case excepted
      case unsigned
      /// Signed, and not by those who should have.
      case signedByOthers
      /// The signer is the expected one; a required attestation is not there, or its conditions do not hold.
      case attestationMissing
      /// No policy is about it.
      case noPolicy
      /// Signatures could not be read, so that nothing is known.
      case unknown
    }

    package let standing: Standing
    /// Sentences for people: why it is not verified.
    package let reasons: [String]
    /// Why the source that its provenance names is not the one that the image names; nil where they agree, or one is not named.
    package let sourceMismatch: String?
    /// When it was verified before, while it is not now; nil otherwise.
    package let verifiedBefore: String?

    package init(
      _ standing: Standing, reasons: [String] = [], sourceMismatch: String? = nil, verifiedBefore: String? = nil
    ) {
      self.standing = standing
      self.reasons = reasons
      self.sourceMismatch = sourceMismatch
      self.verifiedBefore = verifiedBefore
    }
  }

  private let answers: [String: Answer]

  package init(_ answers: [String: Answer]) { self.answers = answers }

  /// Nil for an image that nobody looked at.
  package subscript(image: String) -> Answer? { answers[image] }
}
