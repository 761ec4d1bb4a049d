package import Bytes

/// A text that must be met exactly, or a pattern.
package enum TextMatch: Sendable {
  case exact(String)
  /// The whole text, in RE2's syntax.
  case pattern(LinearRegex, source: String)
  case any

  package func matches(_ text: String) -> Bool {
    switch self {
    case .exact(let wanted): Array(wanted.utf8) == Array(text.utf8)
    case .pattern(let regex, _): regex.isWithinBounds(text) && regex.matchesWhole(text)
    case .any: true
    }
  }

  /// For people.
  package var text: String {
    switch self {
    case .exact(let text): text
    case .pattern(_, let source): "/\(source)/"
    case .any: "anybody"
    }
  }
}

/// Who is expected to have signed without a key of their own.
package struct ExpectedIdentity: Sendable {
  package var name: TextMatch
  package var issuer: TextMatch
  package var claims: [FulcioClaim: TextMatch]

  package init(name: TextMatch, issuer: TextMatch, claims: [FulcioClaim: TextMatch] = [:]) {
    self.name = name
    self.issuer = issuer
    self.claims = claims
  }

  /// Nil where the identity is the expected one.
  package func mismatch(_ identity: CertificateIdentity) -> TrustFailure? {
    guard identity.names.contains(where: name.matches) else {
      return .identityMismatch(wanted: [name.text], found: identity.names)
    }
    guard issuer.matches(identity.issuer) else {
      return .issuerMismatch(wanted: [issuer.text], found: identity.issuer)
    }
    for (claim, wanted) in claims.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      guard let found = identity.claims[claim], wanted.matches(found) else {
        return .claimMismatch(claim: claim, wanted: wanted.text, found: identity.claims[claim])
      }
    }
    return nil
  }
}

/// Who is expected to have signed: one of the keys, or one of the identities.
package enum SignerExpectation: Sendable {
  case key(VerificationKey)
  case identities([ExpectedIdentity])
}
