import Bytes
import Transport

/// Why a request to an API server had no use.
struct APIFailure: Error, Sendable {
  enum Kind: Sendable, Equatable {
    /// 401.
    case unauthenticated
    /// 403.
    case forbidden
    /// 404.
    case notFound
    /// 410: the `continue` token is too old. The server may hand out another that goes on with newer data.
    case expired(next: String?)
    /// 429 and 5xx, after all tries.
    case unavailable
    /// There was no answer.
    case connection(ConnectionError.Kind)
    /// Neither of these: another answer, another host, a broken message.
    case other
  }

  let kind: Kind
  let message: String

  init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// From an answer that is no success; its body is a `Status` of the API where the server is one.
  init(status: Int, body: DocumentNode?) {
    let said = body?["message"]?.string.map { ": " + $0.prefix(300) } ?? ""
    switch status {
    case 401: self.init(.unauthenticated, "the server does not know these credentials (401)" + said)
    case 403: self.init(.forbidden, body?["message"]?.string.map { String($0.prefix(300)) } ?? "forbidden (403)")
    case 404: self.init(.notFound, "not found (404)" + said)
    case 410: self.init(.expired(next: body?[path: "metadata", "continue"]?.string), "the list expired (410)" + said)
    case 429, 500...599: self.init(.unavailable, "the server answered \(status)" + said)
    default: self.init(.other, "the server answered \(status)" + said)
    }
  }
}
