import Bytes

/// What a client shows of a token, in each of the ways that clients know.
package enum Credentials {
  /// The token in an `Authorization` field: `Bearer TOKEN`, `Splunk TOKEN`, `ApiKey BASE64(id:TOKEN)`, `Basic BASE64(user:TOKEN)`.
  ///
  /// - Returns: nil where the field is of no such form.
  package static func token(authorization field: String) -> String? {
    let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    guard parts.count == 2 else { return nil }
    let value = parts[1].filter { !$0.isWhitespace }
    guard !value.isEmpty else { return nil }
    switch parts[0].lowercased() {
    case "bearer", "splunk": return String(value)
    case "basic", "apikey":
      guard let bytes = Base64.decode(String(value)), let colon = bytes.firstIndex(of: 0x3A) else { return nil }
      let token = String(decoding: bytes[(colon + 1)...], as: UTF8.self)
      return token.isEmpty ? nil : token
    default: return nil
    }
  }
}
