/// A request to a server.
package struct HTTPRequest: Sendable {
  /// The methods that any caller uses.
  package enum Method: String, Sendable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
  }

  package var method = Method.get
  package var url: HTTPURL
  package var headers: [(name: String, value: String)] = []
  /// Nil for a request without a body.
  package var body: [UInt8]?
  /// The `Authorization` header. It is sent to the origin of the URL only, and never over an unverified connection
  /// unless the user allows it.
  package var authorization: String?
  /// Whether other headers or the body contain secrets, which are protected like `authorization`.
  package var hasSecrets = false
  /// Whether secrets may be sent without TLS, to an agent on this machine or its link-local network.
  package var mayBeOverheard = false
  package var redirects = RedirectRule.none
  package var retries = RetryRule.none
  /// Timeout of the response head, where it is shorter than usual; nil for the usual one.
  package var answerTimeout: Duration?

  package init(_ url: HTTPURL, _ method: Method = .get) {
    self.url = url
    self.method = method
  }

  /// Whether the request may be repeated. Source: RFC 9110, section 9.2.2.
  var isIdempotent: Bool { method != .post }

  var isSecret: Bool { authorization != nil || hasSecrets }
}

/// Which redirects are followed.
package struct RedirectRule: Sendable {
  /// Maximum number of consecutive redirects; 0 returns a redirect as a response.
  package let limit: Int

  package static let none = RedirectRule(limit: 0)
  /// Follows redirects to `https`, or from plain HTTP to plain HTTP; not to a URL with a login, and not further inside: from a
  /// public address to a private one, from another machine to this one, or from anywhere to an agent of a cloud.
  package static let careful = RedirectRule(limit: 5)

  /// - Returns: why the redirect is not followed; nil where it is.
  package static func refusal(from: HTTPURL, to: HTTPURL) -> String? {
    if from.isSecure, !to.isSecure { return "which is not https" }
    if to.user != nil { return "with a login in it" }
    if HTTPHost.depth(to.host) > HTTPHost.depth(from.host) { return "an address inside" }
    return nil
  }
}

/// How often a request is repeated, with which delay.
package struct RetryRule: Sendable {
  /// Number of attempts, including the first.
  package var tries: Int
  /// Maximum delay between two attempts, whatever the server asks for.
  package var longestWait: Duration
  /// Statuses that are worth another attempt.
  package var statuses: Set<Int>

  package static let none = RetryRule(tries: 1, longestWait: .zero, statuses: [])

  package init(tries: Int, longestWait: Duration, statuses: Set<Int> = [429, 502, 503, 504]) {
    self.tries = tries
    self.longestWait = longestWait
    self.statuses = statuses
  }

  /// The delay after an attempt.
  ///
  /// - Parameters:
  ///   - retryAfter: the `Retry-After` header in seconds; anything else, dates included, is ignored.
  ///   - attempt: from 1.
  package func wait(_ retryAfter: String?, attempt: Int) -> Duration {
    let asked = retryAfter.flatMap { Double($0) }.flatMap { $0.isFinite && $0 >= 0 ? min($0, 86_400) : nil }
    return min(.seconds(asked ?? 0.25 * Double(1 << min(max(attempt, 0), 6))), longestWait)
  }
}
