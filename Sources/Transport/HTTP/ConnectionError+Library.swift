import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

extension ConnectionError {
  /// The meaning of an error of the HTTP library, by its types and codes.
  ///
  /// - Parameters:
  ///   - server: for the message.
  ///   - proxy: the proxy in between, for the message; nil for none.
  static func of(
    _ error: any Error, server: String, proxy: String? = nil, timeouts: HTTPTimeouts
  ) -> ConnectionError {
    func made(_ kind: Kind, _ message: String) -> ConnectionError {
      ConnectionError(kind, message, cause: error)
    }
    switch error {
    case let own as ConnectionError: return own
    case is CancellationError: return made(.cancelled, "stopped")
    case let known as HTTPClientError: return of(known, server: server, proxy: proxy, timeouts: timeouts)
    case let known as NIOConnectionError: return of(known, server: server, proxy: proxy, timeouts: timeouts)
    case let known as IOError:
      return made(kind(errno: known.errnoCode), "\(server): \(String(cString: strerror(known.errnoCode)))")
    case ChannelError.connectTimeout:
      return made(.timedOut, "no connection to \(server) within \(timeouts.connect.seconds) seconds")
    case is ChannelError: return made(.closedEarly, "\(server) broke off in the middle of an answer")
    case let known as HTTPParserError:
      return known == .invalidEOFState
        ? made(.closedEarly, "\(server) broke off in the middle of an answer")
        : made(.badAnswer, "\(server) answers in no HTTP that is understood")
    case NIOSSLError.uncleanShutdown: return made(.closedEarly, "\(server) broke off in the middle of an answer")
    case is NIOTooManyBytesError: return made(.tooLarge, "\(server) sends more than is read")
    default: break
    }
    if let found = TLSReason.of(error).lazy.compactMap({ tls($0, server) }).first {
      return made(found.kind, found.message)
    }
    switch error {
    case NIOSSLError.handshakeFailed(.sslError([.eofDuringHandshake])):
      return made(.closedEarly, "\(server) ended the connection instead of beginning TLS")
    case NIOSSLError.handshakeFailed: return made(.tlsRefused, "no TLS with \(server): the handshake failed")
    default: return made(.other, "\(server): \(String(describing: error).prefix(200).filter { !$0.isNewline })")
    }
  }

  private static func of(
    _ error: HTTPClientError, server: String, proxy: String?, timeouts: HTTPTimeouts
  ) -> ConnectionError {
    let (kind, message): (Kind, String) =
      switch error {
      case .socksHandshakeTimeout, .httpProxyHandshakeTimeout:
        (
          .timedOut,
          "the proxy\(proxy.map { " " + $0 } ?? "") does not let us through to \(server) within \(timeouts.connect.seconds) seconds"
        )
      case .connectTimeout, .getConnectionFromPoolTimeout:
        (.timedOut, "no connection to \(server) within \(timeouts.connect.seconds) seconds")
      case .tlsHandshakeTimeout:
        (.timedOut, "\(server) did not end the TLS handshake within \(timeouts.connect.seconds) seconds")
      case .readTimeout, .writeTimeout: (.timedOut, "\(server) sent nothing for \(timeouts.idle.seconds) seconds")
      case .deadlineExceeded: (.timedOut, "\(server) did not answer within \(timeouts.answer.seconds) seconds")
      case .remoteConnectionClosed, .uncleanShutdown: (.closedEarly, "\(server) broke off in the middle of an answer")
      case .cancelled, .requestStreamCancelled: (.cancelled, "stopped")
      case .proxyAuthenticationRequired: (.proxyRefused, "the proxy wants a password")
      case .invalidProxyResponse: (.proxyRefused, "the proxy does not let us through to \(server)")
      case .invalidURL, .emptyHost, .emptyScheme: (.badAddress, "\(server) is no address of a server")
      default: (.other, "\(server): \(error.shortDescription)")
      }
    return ConnectionError(kind, message, cause: error)
  }

  private static func of(
    _ error: NIOConnectionError, server: String, proxy: String?, timeouts: HTTPTimeouts
  ) -> ConnectionError {
    let target = proxy.map { "the proxy \($0)" } ?? server
    guard let first = error.connectionErrors.first?.error else {
      return ConnectionError(.unresolved, "no connection to \(target): the name is not known", cause: error)
    }
    guard let known = first as? IOError else {
      return ConnectionError(
        .timedOut, "no connection to \(target) within \(timeouts.connect.seconds) seconds", cause: error)
    }
    return ConnectionError(
      kind(errno: known.errnoCode), "no connection to \(target): \(String(cString: strerror(known.errnoCode)))",
      cause: error)
  }

  private static func kind(errno code: CInt) -> Kind {
    switch code {
    case ECONNREFUSED: .refused
    case EHOSTUNREACH, ENETUNREACH, ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL, EACCES, EPERM: .unreachable
    case ETIMEDOUT: .timedOut
    case ECONNRESET, EPIPE, ECONNABORTED: .closedEarly
    default: .other
    }
  }

  private static func tls(_ reason: TLSReason, _ server: String) -> (kind: Kind, message: String)? {
    switch reason {
    case .certificateVerifyFailed:
      (.certificateUntrusted, "the certificate of \(server) is signed by an unknown authority")
    case .wrongVersionNumber, .httpRequest: (.tlsNotSpoken, "the server does not speak TLS at \(server)")
    case .unsupportedProtocol, .handshakeFailureOnClientHello, .alertHandshakeFailure, .alertProtocolVersion,
      .alertInsufficientSecurity:
      (.tlsRefused, "\(server) and this client have no version or cipher of TLS in common")
    case .alertCertificateRequired:
      (.clientCertificateWanted, "the server wants a client certificate, and none was given")
    case .alertCertificateExpired:
      (.clientCertificateExpired, "the server says that your client certificate has expired")
    case .alertNoCertificate, .alertBadCertificate, .alertUnsupportedCertificate, .alertCertificateRevoked,
      .alertCertificateUnknown, .alertUnknownAuthority, .alertAccessDenied, .alertDecryptError:
      (.clientCertificateRefused, "the server does not accept your client certificate")
    default: nil
    }
  }
}
