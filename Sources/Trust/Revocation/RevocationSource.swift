/// Where statements on revocation are asked for that no file holds.
package protocol RevocationSource: Sendable {
  /// - Parameter location: a URL out of a certificate.
  /// - Throws: with a text for people where there is no answer that can be read.
  func response(
    from location: String, on certificate: SigningCertificate, issuer: SigningCertificate
  ) async throws(RevocationSourceFailure) -> OCSPResponse

  func list(from location: String) async throws(RevocationSourceFailure) -> RevocationList
}

/// Why nothing came from a responder or a place of lists.
package struct RevocationSourceFailure: Error, Sendable, Hashable {
  /// For people.
  package let reason: String

  package init(_ reason: String) { self.reason = reason }
}

/// Why it is not known whether a certificate is revoked.
package enum RevocationGap: Sendable, Hashable {
  /// Nothing that was given speaks for it.
  case noEvidence
  /// What speaks for it is of another time.
  case notCurrent
  /// A list has a delta, which is not there.
  case deltaMissing
  /// The responder does not know the certificate.
  case unknownToResponder
  /// Its extensions cannot be read.
  case unreadable
  /// It stands above what the trust store holds, so that anybody may have written where to ask.
  case aboveTrust
  /// Asked for, without success; the text is for people.
  case unreachable(String)
}
