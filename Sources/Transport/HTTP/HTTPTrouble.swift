import AsyncHTTPClient
package import Findings
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// What a failed connection means.
package enum HTTPTrouble {
  /// Whether the server's certificate was not accepted.
  package static func isAboutCertificate(_ error: any Error) -> Bool {
    let text = String(reflecting: error)
    return ["CERTIFICATE_VERIFY_FAILED", "failedToValidateHostname", "unableToValidateCertificate", "noSANsPresent"]
      .contains { text.contains($0) }
  }

  /// The same as an error of a command.
  package static func explained(
    _ error: any Error, server: String, connectSeconds: Int, readSeconds: Int
  ) -> BartizanError {
    if isAboutCertificate(error) {
      return BartizanError(
        .remote,
        "the certificate of \(server) is not one that is trusted here; name its authority, or mend the name in it")
    }
    return BartizanError(
      .remote, message(error, server: server, connectSeconds: connectSeconds, readSeconds: readSeconds))
  }

  /// What a failed connection means, in one line.
  package static func message(_ error: any Error, server: String, connectSeconds: Int, readSeconds: Int) -> String {
    let text = String(reflecting: error)
    func contains(_ word: String) -> Bool { text.contains(word) }
    if error as? HTTPParserError == .invalidEOFState || contains("uncleanShutdown") {
      return "\(server) broke off in the middle of an answer"
    }
    if contains("CERTIFICATE_REQUIRED") {
      return "the server wants a client certificate, and none was given"
    }
    if contains("ALERT_CERTIFICATE_EXPIRED") {
      return "the server says that your client certificate has expired"
    }
    if contains("ALERT_BAD_CERTIFICATE") || contains("ALERT_CERTIFICATE_UNKNOWN") || contains("ALERT_UNKNOWN_CA") {
      return "the server does not accept your client certificate"
    }
    if contains("WRONG_VERSION_NUMBER") || contains("HTTP_REQUEST") {
      return "the server does not speak TLS at \(server)"
    }
    if let known = error as? HTTPClientError {
      switch known {
      case .connectTimeout:
        return "no connection to \(server) within \(connectSeconds) seconds"
      case .readTimeout, .deadlineExceeded:
        return "\(server) sent nothing for \(readSeconds) seconds"
      case .remoteConnectionClosed:
        return "\(server) broke off in the middle of an answer"
      case .proxyAuthenticationRequired: return "the proxy wants a password"
      default: return "\(server): \(known.shortDescription)"
      }
    }
    if let known = error as? NIOConnectionError {
      let reason = known.connectionErrors.first.map { ": \(Self.plain($0.error))" } ?? ": the name is not known"
      return "no connection to \(server)\(reason)"
    }
    if let known = error as? IOError {
      return "\(server): \(String(cString: strerror(known.errnoCode)))"
    }
    return "\(server): \(String(describing: error).prefix(200))"
  }

  private static func plain(_ error: any Error) -> String {
    if let known = error as? IOError { return String(cString: strerror(known.errnoCode)) }
    return String(String(describing: error).prefix(120))
  }
}
