import Bytes
import Transport

/// Why a request to an API server failed.
struct APIFailure: Error, Sendable {
  enum Kind: Sendable, Equatable {
    /// 401.
    case unauthenticated
    /// 403.
    case forbidden
    /// 404.
    case notFound
    /// 410: the `continue` token has expired. The server may offer another one, which continues with newer data.
    case expired(next: String?)
    /// 429 and 5xx, after all attempts.
    case unavailable
    /// There was no response.
    case connection(ConnectionError.Kind)
    /// Anything else: another status, a redirect to another host, an invalid body.
    case other
  }

  let kind: Kind
  let message: String

  /// Whether the server did not answer, in whatever words.
  var isSilence: Bool {
    if case .connection(let kind) = kind { kind != .tooLarge } else { false }
  }

  init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// From an error response, whose body is a `Status` if it comes from an API server.
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
