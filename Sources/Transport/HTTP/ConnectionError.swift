/// Why communication with a server failed. Two errors are equal when their kinds are equal.
package struct ConnectionError: Error, Sendable {
  /// What happened, for programs.
  package struct Kind: Sendable, Hashable {
    package let rawValue: String

    package init(_ rawValue: String) { self.rawValue = rawValue }

    /// The address is not the URL of a server.
    package static let badAddress = Kind("bad-address")
    /// A certificate, a key or the proxy in the settings is invalid.
    package static let badSettings = Kind("bad-settings")

    /// The host name cannot be resolved.
    package static let unresolved = Kind("unresolved")
    /// Nothing listens on the port.
    package static let refused = Kind("refused")
    /// There is no route to the host.
    package static let unreachable = Kind("unreachable")
    /// A timeout: of the connection, the TLS handshake, the response, or the next byte.
    package static let timedOut = Kind("timed-out")
    /// The transfer as a whole was too slow; another attempt would not be faster.
    package static let tooSlow = Kind("too-slow")
    /// The proxy asks for a password, or refuses the connection.
    package static let proxyRefused = Kind("proxy-refused")

    /// The server does not speak TLS.
    package static let tlsNotSpoken = Kind("tls-not-spoken")
    /// Server and client have no TLS version or cipher in common.
    package static let tlsRefused = Kind("tls-refused")
    /// The certificate is not signed by a trusted authority.
    package static let certificateUntrusted = Kind("certificate-untrusted")
    package static let certificateExpired = Kind("certificate-expired")
    package static let certificateNotYetValid = Kind("certificate-not-yet-valid")
    /// The certificate is for other names.
    package static let certificateWrongName = Kind("certificate-wrong-name")

    package static let clientCertificateWanted = Kind("client-certificate-wanted")
    package static let clientCertificateExpired = Kind("client-certificate-expired")
    package static let clientCertificateRefused = Kind("client-certificate-refused")

    /// The connection was closed before the response was complete.
    package static let closedEarly = Kind("closed-early")
    /// The response exceeds the limit.
    package static let tooLarge = Kind("too-large")
    /// The response is not valid HTTP, or its body is not what the headers say.
    package static let badAnswer = Kind("bad-answer")
    /// A redirect to a forbidden place, or too many of them.
    package static let redirectRefused = Kind("redirect-refused")
    /// Credentials would have been sent over an unverified connection; they were not sent.
    package static let credentialsWithheld = Kind("credentials-withheld")
    /// The task was cancelled.
    package static let cancelled = Kind("cancelled")
    package static let other = Kind("other")

    /// Whether the server's certificate was rejected.
    package var isAboutCertificate: Bool {
      [.certificateUntrusted, .certificateExpired, .certificateNotYetValid, .certificateWrongName].contains(self)
    }

    /// Whether another attempt may succeed.
    package var isWorthAnotherTry: Bool { self == .closedEarly || self == .timedOut }
  }

  package let kind: Kind
  /// One line that names the server.
  package let message: String
  /// The error of the library below, for logs.
  package let cause: (any Error)?

  package init(_ kind: Kind, _ message: String, cause: (any Error)? = nil) {
    self.kind = kind
    self.message = message
    self.cause = cause
  }
}

extension ConnectionError: Equatable {
  package static func == (a: ConnectionError, b: ConnectionError) -> Bool { a.kind == b.kind }
}

extension ConnectionError: CustomStringConvertible {
  package var description: String { message }
}
