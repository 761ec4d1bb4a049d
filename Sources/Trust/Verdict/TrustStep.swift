package import Bytes

/// One thing that a verification looked at, in the order in which it was done.
package struct TrustStep: Sendable, Hashable {
  /// What a step looks at.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The bundle, envelope or manifest is read.
    case format
    /// A time that a timestamp authority or the log vouches for.
    case signingTime
    case certificateChain
    case certificateTransparency
    case identity
    /// The promise of Rekor v1 to include the entry (signed entry timestamp).
    case inclusionPromise
    case inclusionProof
    case checkpoint
    /// The entry of the log names this signature, this key and this artifact.
    case logEntry
    case signature
    /// The signed digest is that of the artifact.
    case artifact
    case statement
    /// Notation: the certificate leads to the trust store and has a trusted identity.
    case authenticity
    case expiry
    case revocation
    /// The policy's conditions on an attestation.
    case condition
    case age
  }

  /// What came of a step.
  package enum Outcome: Sendable, Hashable {
    case passed(TrustDetail)
    case failed(TrustFailure)
    /// Not looked at, and why that is not a fault.
    case skipped(TrustSkip)
    /// Failed, but the policy only records it.
    case noted(TrustFailure)
  }

  package let kind: Kind
  package let outcome: Outcome

  package init(_ kind: Kind, _ outcome: Outcome) {
    self.kind = kind
    self.outcome = outcome
  }
}

/// What a step that passed has found.
package enum TrustDetail: Sendable, Hashable {
  case none
  /// `algorithm:digits`.
  case digest(String)
  case time(Timestamp, source: TimeSource)
  case certificate(subject: String, issuer: String)
  case identity(String, issuer: String)
  case key(String)
  /// An entry of a transparency log by name and index.
  case entry(log: String, index: UInt64)
  case checkpoint(log: String, size: UInt64)
  case text(String)
}

/// Who says when something was signed.
package enum TimeSource: String, Sendable, Hashable {
  case timestampAuthority
  case transparencyLog
  /// The signer, who may say anything.
  case signer
}

/// Why a step was not needed.
package enum TrustSkip: String, Sendable, Hashable {
  /// The signature is made with a key whose owner was named.
  case keyGiven
  case policy
  case notPresent
}

/// The steps of a verification, and what is known once all of them passed.
package struct TrustVerdict: Sendable, Hashable {
  package private(set) var steps: [TrustStep] = []
  /// Who signed; nil where the signature is not valid.
  package var signer: Signer?
  /// The times that were proved.
  package var times: [Timestamp] = []
  /// Until when the verdict holds: a limit of the signer or of the policy; nil for none.
  package private(set) var ends: Timestamp?
  /// The statement that was signed, where it was one.
  package var statement: InTotoStatement?

  package init() {}

  /// Nil where nothing failed.
  package var failure: TrustFailure? {
    for step in steps { if case .failed(let failure) = step.outcome { return failure } }
    return nil
  }

  /// Whether anything was verified, and nothing failed.
  package var isVerified: Bool { !steps.isEmpty && failure == nil }

  package mutating func passed(_ kind: TrustStep.Kind, _ detail: TrustDetail = .none) {
    steps.append(TrustStep(kind, .passed(detail)))
  }

  package mutating func skipped(_ kind: TrustStep.Kind, _ reason: TrustSkip) {
    steps.append(TrustStep(kind, .skipped(reason)))
  }

  package mutating func failed(_ kind: TrustStep.Kind, _ failure: TrustFailure) {
    steps.append(TrustStep(kind, .failed(failure)))
  }

  /// The verdict holds no longer than this.
  mutating func limit(to end: Timestamp) { ends = ends.map { min($0, end) } ?? end }

  package mutating func noted(_ kind: TrustStep.Kind, _ failure: TrustFailure) {
    steps.append(TrustStep(kind, .noted(failure)))
  }
}

/// Who signed.
package enum Signer: Sendable, Hashable {
  /// The SHA-256 of the public key (SubjectPublicKeyInfo), in hexadecimal digits.
  case key(fingerprint: String)
  case certificate(CertificateIdentity)
}
