import NIOSSL

/// What BoringSSL names as the reason of a failure: its numbers, of which those beyond 1000 are alerts of the other side.
///
/// Source: BoringSSL, `include/openssl/ssl.h`, `SSL_R_…`; alerts are 1000 and their number in RFC 8446, section 6.
struct TLSReason: Hashable {
  let number: Int

  static let certificateVerifyFailed = TLSReason(number: 125)
  static let httpRequest = TLSReason(number: 156)
  static let wrongVersionNumber = TLSReason(number: 247)
  static let unsupportedProtocol = TLSReason(number: 240)
  static let handshakeFailureOnClientHello = TLSReason(number: 154)

  static let alertHandshakeFailure = TLSReason(number: 1040)
  static let alertNoCertificate = TLSReason(number: 1041)
  static let alertBadCertificate = TLSReason(number: 1042)
  static let alertUnsupportedCertificate = TLSReason(number: 1043)
  static let alertCertificateRevoked = TLSReason(number: 1044)
  static let alertCertificateExpired = TLSReason(number: 1045)
  static let alertCertificateUnknown = TLSReason(number: 1046)
  static let alertUnknownAuthority = TLSReason(number: 1048)
  static let alertAccessDenied = TLSReason(number: 1049)
  static let alertDecryptError = TLSReason(number: 1051)
  static let alertProtocolVersion = TLSReason(number: 1070)
  static let alertInsufficientSecurity = TLSReason(number: 1071)
  static let alertCertificateRequired = TLSReason(number: 1116)

  /// The reasons of an error of NIOSSL, in the order in which BoringSSL noted them.
  static func of(_ error: any Error) -> [TLSReason] {
    let found: BoringSSLError
    switch error {
    case NIOSSLError.handshakeFailed(let inner), NIOSSLError.shutdownFailed(let inner): found = inner
    case let inner as BoringSSLError: found = inner
    default: return []
    }
    switch found {
    case .sslError(let stack), .unknownError(let stack), .invalidSNIName(let stack), .failedToSetALPN(let stack):
      return stack.compactMap(number)
    default: return []
    }
  }

  /// The number that an error of BoringSSL is known by.
  ///
  /// `BoringSSLInternalError` holds it and shows it only as the first number of its description, `Error: 268435581 error:…`;
  /// this is the one place that reads a text of a library. The number has the library in its first byte, 16 for TLS, and the
  /// reason in its last twelve bits.
  ///
  /// Source: BoringSSL, `include/openssl/err.h`, `ERR_GET_LIB` and `ERR_GET_REASON`.
  private static func number(_ error: BoringSSLInternalError) -> TLSReason? {
    let words = error.description.split(separator: " ", maxSplits: 2)
    guard words.count >= 2, let code = UInt32(words[1]), code >> 24 == 16 else { return nil }
    return TLSReason(number: Int(code & 0xFFF))
  }
}
