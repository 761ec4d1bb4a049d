/// The pieces of evidence that a verification reads, so that a refusal can name the one that is at fault.
package enum TrustInput: String, Sendable, Hashable, CaseIterable {
  case bundle
  case trustedRoot
  case publicKey
  case privateKey
  case certificate
  case certificateChain
  case signature
  case envelope
  case statement
  case payload
  case timestamp
  case logEntry
  case inclusionProof
  case checkpoint
  case signedCertificateTimestamp
  case trustPolicy
  case trustStore
  case revocationList
  /// Of a responder of OCSP.
  case statusResponse
  case imagePolicy
  /// A document of a TUF repository.
  case updateMetadata
}
