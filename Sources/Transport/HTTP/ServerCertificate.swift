import Bytes
import NIOSSL

/// What a server's certificate says of itself.
package struct ServerCertificate: Sendable {
  /// Seconds since 1970 in which it holds, both included.
  package let validFrom: Int
  package let validTo: Int
  /// Who it is for; empty where it does not say so as RFC 9525 wants it.
  package let names: [CertificateName]

  init(_ certificate: NIOSSLCertificate) {
    validFrom = Int(certificate.notValidBefore)
    validTo = Int(certificate.notValidAfter)
    names = (try? certificate.toDERBytes()).flatMap { CertificateName.read(der: $0) } ?? []
  }

  /// The last day of it, `YYYY-MM-DD`, in UTC.
  package var lastDay: String { CalendarDate(seconds: Int64(validTo)).text }

  /// Why nobody should believe it, as far as it tells by itself.
  ///
  /// - Parameter time: seconds since 1970.
  /// - Returns: nil where its time is right.
  func trouble(at server: String, time: Int) -> ConnectionError? {
    if validTo < time {
      return ConnectionError(.certificateExpired, "the certificate of \(server) expired on \(lastDay)")
    }
    if validFrom > time {
      return ConnectionError(
        .certificateNotYetValid,
        "the certificate of \(server) is valid only from \(CalendarDate(seconds: Int64(validFrom)).text); check the clock"
      )
    }
    return nil
  }

  func wrongName(_ identity: ServerIdentity, at server: String) -> ConnectionError {
    let wanted: CertificateName =
      switch identity {
      case .name(let name): .name(name)
      case .address(let bytes): .address(bytes)
      }
    let own = names.prefix(5).map(\.text).joined(separator: ", ")
    return ConnectionError(
      .certificateWrongName,
      names.isEmpty
        ? "the certificate of \(server) is valid for no name at all, not for \(wanted.text)"
        : "the certificate of \(server) is valid for \(own)\(names.count > 5 ? " and \(names.count - 5) more" : ""), not for \(wanted.text)"
    )
  }
}
