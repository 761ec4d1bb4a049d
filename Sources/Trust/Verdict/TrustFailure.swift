package import Bytes

/// Why a signature, or a piece of its evidence, is refused. Programs decide by the case; `sentence` is for people.
package enum TrustFailure: Error, Sendable, Hashable {
  /// It cannot be read. The text says what is wrong with it, for people.
  case malformed(TrustInput, String)
  /// It is well-formed but of a kind that is not known here.
  case unsupported(TrustInput, String)
  /// - Parameter limit: in bytes or in items, as the text says.
  case tooLarge(TrustInput, limit: Int, unit: String)
  /// A piece that the format or the policy requires is absent.
  case missing(TrustInput)
  /// A key below the minimum strength; the text names it.
  case weakKey(String)
  /// The bundle names a key, and the verification gives an identity.
  case signedWithKey
  /// The bundle holds a certificate, and the verification gives a key.
  case signedWithCertificate
  case signatureInvalid(TrustInput)
  /// The text of both is `algorithm:digits`.
  case digestMismatch(signed: String, given: String)
  /// No subject of the statement has the digest of the artifact.
  case notASubject(given: String)
  /// Neither a timestamp nor the log says when the signature was made.
  case noSigningTime
  /// A certificate, a key or an authority was used outside its validity.
  case timeOutside(TrustInput, name: String, time: Timestamp, from: Timestamp?, to: Timestamp?)
  /// No path from the certificate to a trusted root. The reason is the library's.
  case untrustedCertificate(name: String, reason: String)
  /// The certificate may not be used for this.
  case wrongUsage(name: String, usage: CertificateUsage)
  /// The chain of a bundle holds its root, which only the verifier may choose.
  case rootInChain(name: String)
  /// A store of time stamping authorities holds roots alone.
  case noRoot(name: String)
  /// No log or authority with this identifier in the trusted root.
  case unknownLog(TrustInput, id: String)
  case unknownAuthority
  /// The timestamp was made for another signature.
  case imprintMismatch
  /// The same timestamp or log entry twice.
  case duplicate(TrustInput)
  /// The computed root differs from the one in the checkpoint or in the proof.
  case inclusionMismatch
  /// The entry of the log is about something else.
  case entryMismatch(EntryField)
  case identityMismatch(wanted: [String], found: [String])
  case issuerMismatch(wanted: [String], found: String)
  /// An extension of the certificate, such as the source repository, has another value.
  case claimMismatch(claim: FulcioClaim, wanted: String, found: String?)
  /// After the time until which the signer wants it to be used.
  case expired(Timestamp)
  case revoked(name: String, at: Timestamp?)
  /// Whether the certificate is revoked is not known.
  case revocationUnknown(name: String, RevocationGap)
  /// Verification would need a plug-in of Notation.
  case pluginRequired(String)
  /// A condition on the statement does not hold.
  case conditionFalse(String)
  /// A condition could not be evaluated.
  case conditionError(String, String)
  /// TUF: a document is older than one that was seen before, or skips one.
  case rollback(TUFMetadata.Role, from: UInt64, to: UInt64)
  /// TUF: a document is not the one that belongs to the others.
  case mixed(TUFMetadata.Role, wanted: UInt64, found: UInt64)
  /// TUF: fewer of the keys have signed than the threshold of the role.
  case tooFewSignatures(role: String, wanted: Int, found: Int)
  case metadataExpired(TUFMetadata.Role, Timestamp)
  /// A private key cannot be decrypted.
  case wrongPassword
  /// It was signed under another name, which the text has; empty where the signature has none.
  case otherName(String)
  case tooOld(signed: Timestamp, limit: Int)
}

/// A part of the body of a log entry that must agree with the bundle.
package enum EntryField: String, Sendable, Hashable {
  case kind
  case digest
  case signature
  case key
  case payload
}

/// What a certificate may be used for.
package enum CertificateUsage: String, Sendable, Hashable {
  case codeSigning
  case timeStamping
  case certificateSigning
  case digitalSignature
}
