extension Signer {
  /// For people.
  package var text: String {
    switch self {
    case .key(let fingerprint): "key \(fingerprint.prefix(16))"
    case .certificate(let identity):
      (identity.names.first ?? identity.subject) + (identity.issuer.isEmpty ? "" : " (\(identity.issuer))")
    }
  }
}
