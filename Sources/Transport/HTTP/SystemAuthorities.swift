import Glibc
import NIOSSL

/// The authorities that this machine trusts, read once: every server's settings would read some 140 certificates anew.
enum SystemAuthorities {
  /// Source: Go, `crypto/x509/root_linux.go`, `certFiles`.
  private static let files = [
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
  ]

  private static let usual: [NIOSSLCertificate]? = files.first { FilePaths.exists($0) }.flatMap {
    try? NIOSSLCertificate.fromPEMFile($0)
  }

  /// - Parameter file: what `SSL_CERT_FILE` names, as for OpenSSL, curl and Go.
  static func roots(file: String?) throws(ConnectionError) -> NIOSSLTrustRoots {
    guard let file, !file.isEmpty else { return usual.map { .certificates($0) } ?? .default }
    do {
      return .certificates(try NIOSSLCertificate.fromPEMFile(file))
    } catch {
      throw ConnectionError(.badSettings, "SSL_CERT_FILE: \(file) holds no readable certificates", cause: error)
    }
  }
}
