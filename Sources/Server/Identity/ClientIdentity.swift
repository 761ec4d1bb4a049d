/// Who a client is, by what it showed.
package struct ClientIdentity: Sendable, Hashable {
  /// The name of its token or certificate; of a token without a name, the first digits of its hash.
  package let name: String
  package let scope: TokenScope

  /// - Parameters:
  ///   - tokens: those that count.
  ///   - shown: a token that the client shows by other ways than `Authorization`.
  /// - Returns: nil for a client that shows nothing, or what is not known. What is shown and is wrong is never made good by
  ///   something else.
  package init?(_ head: RequestHead, _ tokens: TokenRegister, shown: String? = nil) {
    let token: String?
    if let field = head.field("Authorization") {
      guard let read = Credentials.token(authorization: field) else { return nil }
      token = read
    } else {
      token = shown
    }
    if let token {
      guard let entry = tokens.entry(of: token) else { return nil }
      name = entry.name.isEmpty ? String(entry.sum.prefix(8)) : entry.name
      scope = entry.scope
      return
    }
    // The listener hands on only certificates that were signed by the authority of clients, which are senders.
    guard let certificate = head.peer.certificate else { return nil }
    name = certificate.commonName
    scope = .ingest
  }
}
