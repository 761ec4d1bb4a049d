import Bytes
package import Findings
import Operations
package import Server
import Synchronization
import Transport

/// The certificate that a listener shows, and what keeps it current.
package final class ListenerIdentity: Sendable {
  /// Where it comes from.
  package enum Source: Sendable {
    /// From an authority of our own in a folder; certificates of it are made in memory, for these names and addresses, and renewed.
    case own(folder: String, names: [String])
    /// From files, which are read again when they change.
    case files(certificate: String, key: String)
  }

  package let tls: TLSIdentity
  private let listener: String
  private let source: Source
  private let clientAuthorities: [UInt8]?
  private let surroundings: Surroundings
  private let shown: Mutex<Shown>

  /// The certificate that is shown.
  private struct Shown: Sendable {
    var pair: CertificatePair
    /// Seconds since 1970-01-01T00:00:00Z.
    var expires: Int
  }

  /// - Parameters:
  ///   - listener: its name in metrics.
  ///   - clientAuthorities: PEM; nil: no certificate is asked of clients.
  /// - Throws: `input` for what cannot be shown.
  package init(
    _ source: Source, listener: String, clientAuthorities: [UInt8]?, _ surroundings: Surroundings
  ) throws(BartizanError) {
    let shown = try Self.pair(source, surroundings)
    do throws(TLSIdentity.Invalid) {
      tls = try TLSIdentity(shown.pair, clientAuthorities: clientAuthorities)
    } catch {
      throw BartizanError(.input, "the certificate of the listener: \(error.message)")
    }
    self.listener = listener
    self.source = source
    self.clientAuthorities = clientAuthorities
    self.surroundings = surroundings
    self.shown = Mutex(shown)
    measure()
  }

  private func measure() {
    surroundings.metrics.set(
      Measures.certificateExpiry, [("listener", listener)], to: Double(shown.withLock { $0.expires }))
  }

  /// Makes a certificate of our own anew before it expires; reads files again that have changed.
  package func renew() {
    let old = shown.withLock { $0 }
    if case .own = source, !ServerAuthority.isDue(expires: old.expires, now: surroundings.time) { return }
    do {
      let fresh = try Self.pair(source, surroundings)
      if fresh.pair == old.pair { return }
      try tls.replace(fresh.pair, clientAuthorities: clientAuthorities)
      shown.withLock { $0 = fresh }
      measure()
      surroundings.tell("a new certificate is shown; it expires on \(CalendarDate(seconds: Int64(fresh.expires)).text)")
    } catch {
      let reason = (error as? BartizanError)?.message ?? (error as? TLSIdentity.Invalid)?.message ?? "not readable"
      surroundings.tell("the certificate of the listener stays as it was: \(reason)")
    }
  }

  private static func pair(_ source: Source, _ surroundings: Surroundings) throws(BartizanError) -> Shown {
    switch source {
    case .files(let certificatePath, let keyPath):
      let pair = CertificatePair(
        certificate: try FileReader.named(certificatePath), key: try FileReader.named(keyPath))
      guard let expires = CertificateExpiry.seconds(pair.certificate) else {
        throw BartizanError(.input, "\(certificatePath): no certificate in PEM")
      }
      guard expires > surroundings.time else {
        throw BartizanError(
          .input, "\(certificatePath): the certificate expired on \(CalendarDate(seconds: Int64(expires)).text)")
      }
      return Shown(pair: pair, expires: expires)
    case .own(let folder, let names):
      let (authority, isNew) = try AuthorityFiles.open(folder, now: surroundings.time)
      if isNew { surroundings.tell("a certificate authority was made in \(folder)") }
      let addresses = names.compactMap { IPAddress($0) }
      do throws(ServerAuthority.Failure) {
        let made = try authority.serverPair(
          names: names.filter { IPAddress($0) == nil }, addresses: addresses, now: surroundings.time)
        return Shown(pair: made.pair, expires: made.expires)
      } catch {
        throw BartizanError(.input, "\(folder): \(error.message)")
      }
    }
  }
}
