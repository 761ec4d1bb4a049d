package import Bytes
import Findings
import Ingest
package import Server

/// The protocols with a port of their own that the server of events takes beside HTTP.
package struct SenderSettings: Sendable {
  /// Of Fluent Forward; nil: it is not spoken.
  package var fluent: ListenAddress?
  /// What senders of Fluent Forward must know.
  package var fluentKey: String?
  /// Passwords by user, of which senders must show one besides the key; empty: the key is enough.
  package var fluentUsers: [String: String] = [:]
  /// Of syslog over TCP and UDP.
  package var syslog: ListenAddress?
  /// Of syslog over TLS.
  package var syslogTLS: ListenAddress?
  /// From where syslog is taken without a certificate.
  package var syslogFrom: [IPRange] = []

  package init() {}

  /// - Parameters:
  ///   - hasTLS: whether there is a certificate to show.
  ///   - knowsClients: whether there is an authority of clients.
  /// - Throws: `usage` for an address on which anybody could send or read along.
  func check(hasTLS: Bool, knowsClients: Bool) throws(BartizanError) {
    let certificate = "--tls-certificate FILE and --tls-key FILE, or --certificates FOLDER"
    if let fluent, !fluent.isLoopback, fluentKey == nil || !hasTLS {
      throw BartizanError(
        .usage,
        "--fluent \(fluent.text) can be reached from other machines: senders must know a key (--fluent-key-file FILE), and "
          + "events must not pass in the clear (\(certificate))")
    }
    if fluent == nil, fluentKey != nil { throw BartizanError(.usage, "--fluent-key-file is for --fluent ADDRESS") }
    if !fluentUsers.isEmpty, fluent == nil {
      throw BartizanError(.usage, "--fluent-users is for --fluent ADDRESS")
    }
    if !fluentUsers.isEmpty, fluentKey == nil {
      throw BartizanError(
        .usage, "--fluent-users: senders show a user's password only after the key; name it with --fluent-key-file FILE"
      )
    }
    if let syslog, !syslog.isLoopback, syslogFrom.isEmpty {
      throw BartizanError(
        .usage,
        "--syslog \(syslog.text) can be reached from other machines, and syslog knows no authentication: say from where it is "
          + "taken with --syslog-from CIDR, or use --syslog-tls ADDRESS with --client-ca FILE")
    }
    if let syslogTLS {
      guard hasTLS else {
        throw BartizanError(.usage, "--syslog-tls \(syslogTLS.text) needs a certificate: add \(certificate)")
      }
      guard syslogTLS.isLoopback || knowsClients || !syslogFrom.isEmpty else {
        throw BartizanError(
          .usage,
          "--syslog-tls \(syslogTLS.text) can be reached from other machines: say who may send, with --client-ca FILE for "
            + "certificates, or --syslog-from CIDR for addresses")
      }
    }
    if let range = syslogFrom.first, syslog == nil, syslogTLS == nil {
      throw BartizanError(.usage, "--syslog-from \(range.cidrText) is for --syslog ADDRESS and --syslog-tls ADDRESS")
    }
  }
}

/// These listeners as they run.
struct SenderListeners: Sendable {
  private static let fluentName = "fluent"
  private static let syslogName = "syslog"
  private static let syslogTLSName = "syslog-tls"

  private var fluent: ForwardListener?
  private var syslog: SyslogListener?
  private var syslogTLS: SyslogListener?
  /// Without TLS on the port of Forward.
  private let isForwardSecure: Bool

  /// - Throws: `remote` where an address cannot be listened on; nothing listens then.
  init(
    _ settings: SenderSettings, tls: TLSIdentity?, knowsClients: Bool, _ intake: Intake, _ surroundings: Surroundings
  ) async throws(BartizanError) {
    isForwardSecure = tls != nil
    func noted(_ name: String) -> @Sendable (ListenerNote) -> Void {
      { [metrics = surroundings.metrics] note in Self.measure(note, name, metrics) }
    }
    do throws(ListenFailure) {
      if let address = settings.fluent {
        var configuration = ForwardListener.Configuration(address)
        configuration.tls = tls
        configuration.sharedKey = settings.fluentKey
        configuration.users = settings.fluentUsers
        fluent = try await ForwardListener(configuration, intake: intake, noted: noted(ForwardListener.name))
      }
      if let address = settings.syslog {
        var configuration = SyslogListener.Configuration(address)
        configuration.allowed = settings.syslogFrom
        syslog = try await SyslogListener(configuration, intake: intake, noted: noted(SyslogListener.name))
      }
      if let address = settings.syslogTLS {
        var configuration = SyslogListener.Configuration(address)
        configuration.tls = tls
        configuration.allowed = settings.syslogFrom
        syslogTLS = try await SyslogListener(
          configuration, knowsClients: knowsClients, intake: intake, noted: noted(SyslogListener.name))
      }
    } catch {
      await stop()
      throw BartizanError(.remote, error.message)
    }
  }

  private static func measure(_ note: ListenerNote, _ name: String, _ metrics: Metrics) {
    switch note {
    // The store measures what it takes, and what it refuses for now.
    case .taken, .waiting: break
    case .refused(let reason):
      metrics.add(Measures.refusedFrames, [("protocol", name), ("reason", reason.rawValue)])
    case .parted: metrics.add(Measures.partedMessages, [("protocol", name)])
    case .lost(let messages): metrics.add(Measures.lostMessages, [("protocol", name)], by: Double(messages))
    }
  }

  /// Sets what is true at this moment.
  func measure(_ metrics: Metrics) {
    for (name, count) in [
      (Self.fluentName, fluent?.connections), (Self.syslogName, syslog?.connections),
      (Self.syslogTLSName, syslogTLS?.connections),
    ] {
      if let count { metrics.set(Measures.streams, [("listener", name)], to: Double(count)) }
    }
    if let fluent { metrics.set(Measures.heldBytes, [("listener", Self.fluentName)], to: Double(fluent.heldBytes)) }
    if let syslog { metrics.set(Measures.queuedDatagrams, [("listener", Self.syslogName)], to: Double(syslog.queued)) }
  }

  /// What is taken where, a line each.
  var lines: [String] {
    var lines: [String] = []
    if let fluent {
      lines.append("Fluent Forward is taken at \(fluent.address.text)\(isForwardSecure ? " over TLS" : "")")
    }
    if let syslog {
      lines.append("syslog is taken at \(syslog.address.text) over TCP and UDP, and stored as unauthenticated")
    }
    if let syslogTLS { lines.append("syslog is taken at \(syslogTLS.address.text) over TLS") }
    return lines
  }

  /// Where Fluent Forward and syslog are taken, with the ports that the system chose.
  var fluentAddress: ListenAddress? { fluent?.address }
  var syslogAddress: ListenAddress? { syslog?.address }
  var syslogTLSAddress: ListenAddress? { syslogTLS?.address }

  func stop() async {
    async let first: Void? = fluent?.stop()
    async let second: Void? = syslog?.stop()
    await syslogTLS?.stop()
    _ = await (first, second)
  }
}
