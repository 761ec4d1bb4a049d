/// What a server is asked.
package struct HTTPRequest: Sendable {
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
  package var body: [UInt8]?
  /// The value of the header `Authorization`. It goes to the origin of the URL and nowhere else, and never over a
  /// connection that is not verified unless the user said so.
  package var authorization: String?
  /// Whether other headers or the body hold something secret; it is treated as `authorization` is.
  package var hasSecrets = false
  /// Whether secrets may go in the clear: to an agent of this machine or of its link, which speaks no TLS.
  package var mayBeOverheard = false
  package var redirects = RedirectRule.none
  package var retries = RetryRule.none
  /// Until the head of the answer, where it is less than usual.
  package var answerTimeout: Duration?

  package init(_ url: HTTPURL, _ method: Method = .get) {
    self.url = url
    self.method = method
  }

  /// Source: RFC 9110, section 9.2.2.
  var isIdempotent: Bool { method != .post }

  var isSecret: Bool { authorization != nil || hasSecrets }
}

/// Where a server may send us on to.
package struct RedirectRule: Sendable {
  /// How many times in a row; 0: an answer that sends us on is handed out as it is.
  package let limit: Int

  package static let none = RedirectRule(limit: 0)
  /// To another `https` URL, or from plain HTTP to plain HTTP; not with a login in the URL, and not from outside to an
  /// address of this machine, its link or a private network.
  package static let careful = RedirectRule(limit: 5)

  /// - Returns: why not; nil where it may.
  package static func refusal(from: HTTPURL, to: HTTPURL) -> String? {
    if from.isSecure, !to.isSecure { return "which is not https" }
    if to.user != nil { return "with a login in it" }
    if HTTPHost.isInward(to.host), !HTTPHost.isInward(from.host) { return "an address inside" }
    return nil
  }
}

/// How often a request is repeated, and how long is waited before.
package struct RetryRule: Sendable {
  /// Tries in all, the first included.
  package var tries: Int
  /// Longest wait between two tries, whatever the server asks for.
  package var longestWait: Duration
  /// Answers after which another try is worth it.
  package var statuses: Set<Int>

  package static let none = RetryRule(tries: 1, longestWait: .zero, statuses: [])

  package init(tries: Int, longestWait: Duration, statuses: Set<Int> = [429, 502, 503, 504]) {
    self.tries = tries
    self.longestWait = longestWait
    self.statuses = statuses
  }

  /// The wait after a try.
  ///
  /// - Parameters:
  ///   - retryAfter: what the server asks for, in seconds; words that are no such number, or absurd, count for nothing.
  ///   - attempt: from 1.
  package func wait(_ retryAfter: String?, attempt: Int) -> Duration {
    let asked = retryAfter.flatMap { Double($0) }.flatMap { $0.isFinite && $0 >= 0 ? min($0, 86_400) : nil }
    return min(.seconds(asked ?? 0.25 * Double(1 << min(max(attempt, 0), 6))), longestWait)
  }
}
