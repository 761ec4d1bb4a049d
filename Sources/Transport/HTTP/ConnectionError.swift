/// Why a server could not be spoken to. Two are equal when their kinds are.
package struct ConnectionError: Error, Sendable {
  /// What happened, for programs.
  package struct Kind: Sendable, Hashable {
    package let rawValue: String

    package init(_ rawValue: String) { self.rawValue = rawValue }

    /// The address is no URL of a server.
    package static let badAddress = Kind("bad-address")
    /// Certificates, keys or the proxy in the settings are of no use.
    package static let badSettings = Kind("bad-settings")

    /// The host's name is not known.
    package static let unresolved = Kind("unresolved")
    /// Nobody listens at the port.
    package static let refused = Kind("refused")
    /// There is no way to the host.
    package static let unreachable = Kind("unreachable")
    /// Nothing came in time: no connection, no end of the handshake, no answer, no further byte.
    package static let timedOut = Kind("timed-out")
    /// What came was too slow, taken together; the same again would be no faster.
    package static let tooSlow = Kind("too-slow")
    /// The proxy wants a password, or does not let us through.
    package static let proxyRefused = Kind("proxy-refused")

    /// The server answers in the clear where TLS was begun.
    package static let tlsNotSpoken = Kind("tls-not-spoken")
    /// Server and client have no version or cipher of TLS in common.
    package static let tlsRefused = Kind("tls-refused")
    /// No authority that is trusted here has signed the certificate.
    package static let certificateUntrusted = Kind("certificate-untrusted")
    package static let certificateExpired = Kind("certificate-expired")
    package static let certificateNotYetValid = Kind("certificate-not-yet-valid")
    /// The certificate is for other names.
    package static let certificateWrongName = Kind("certificate-wrong-name")

    package static let clientCertificateWanted = Kind("client-certificate-wanted")
    package static let clientCertificateExpired = Kind("client-certificate-expired")
    package static let clientCertificateRefused = Kind("client-certificate-refused")

    /// The connection ended before the answer did.
    package static let closedEarly = Kind("closed-early")
    /// More bytes than are read.
    package static let tooLarge = Kind("too-large")
    /// What came is no HTTP, or is not what it says it is.
    package static let badAnswer = Kind("bad-answer")
    /// Sent on to where nobody may send us, or too often.
    package static let redirectRefused = Kind("redirect-refused")
    /// Credentials would have gone over a connection that was not verified; they were not sent.
    package static let credentialsWithheld = Kind("credentials-withheld")
    /// The task was cancelled.
    package static let cancelled = Kind("cancelled")
    package static let other = Kind("other")

    /// Whether the server's certificate was not accepted.
    package var isAboutCertificate: Bool {
      [.certificateUntrusted, .certificateExpired, .certificateNotYetValid, .certificateWrongName].contains(self)
    }

    /// Whether the same again may well succeed: the connection came about and ended too early.
    package var isWorthAnotherTry: Bool { self == .closedEarly || self == .timedOut }
  }

  package let kind: Kind
  /// One line that names the server.
  package let message: String
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
