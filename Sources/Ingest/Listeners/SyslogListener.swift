package import Bytes
import Events
package import Server

/// Takes syslog over TCP, TLS and UDP. The messages are kept as they came; what they say is read from them (RFC 5424, RFC 3164, and
/// what programs write in their place).
///
/// The protocol has no acknowledgement: a sender does not learn what was lost on the way.
package final class SyslogListener: Sendable {
  /// What carries messages.
  package enum Transport: Sendable, Hashable, CaseIterable {
    case tcp
    case udp
  }

  /// Where it listens, and who may send.
  package struct Configuration: Sendable {
    package var address: ListenAddress
    /// With a certificate TCP is TLS, and there is no UDP.
    package var tls: TLSIdentity?
    /// Senders that are taken without being known. Where it is empty these are those of this machine, and with TLS those that show
    /// a certificate.
    package var allowed: [IPRange] = []
    /// Without TLS.
    package var transports = Set(Transport.allCases)
    package var limits = StreamLimits()
    /// Longest message in bytes; a longer one is kept in parts.
    package var messageBytes = 1 << 20
    /// Without a byte within a message, before what has arrived of it is kept.
    package var stall = Duration.seconds(30)
    /// Between messages. Senders of plain syslog lose what they send into a connection that was ended, so it is long.
    package var idle = Duration.seconds(86_400)
    /// Datagrams that wait to be stored, and their bytes. Further ones are dropped and counted: nobody can be told.
    package var queuedDatagrams = 65_536
    package var queuedBytes = 32 << 20

    package init(_ address: ListenAddress) { self.address = address }

    /// What forbids to listen like this, as one line; nil for nothing.
    ///
    /// - Parameter knowsClients: whether the TLS identity asks clients for certificates.
    package func fault(knowsClients: Bool) -> String? {
      guard !address.isLoopback, allowed.isEmpty, tls == nil || !knowsClients else { return nil }
      return """
        \(address.text) can be reached from other machines: syslog knows no authentication, so say which addresses may send \
        (--syslog-from CIDR)
        """
    }
  }

  /// What events say they came by, and metrics.
  package static let name = "syslog"

  /// Where it waits, with the port that the system chose; the same for TCP and UDP.
  package let address: ListenAddress
  private let streams: StreamListener?
  private let datagrams: DatagramListener?
  private let queue: SyslogQueue?
  private let stopTime: Duration

  /// - Parameter knowsClients: whether the TLS identity was made with authorities of clients.
  package init(
    _ configuration: Configuration, knowsClients: Bool = false, intake: Intake,
    noted: @escaping @Sendable (ListenerNote) -> Void = { _ in }
  ) async throws(ListenFailure) {
    if let fault = configuration.fault(knowsClients: knowsClients) { throw ListenFailure(message: fault) }
    let senders = SyslogSenders(configuration, knowsClients: knowsClients)
    var address = configuration.address
    var streams: StreamListener?
    if configuration.tls != nil || configuration.transports.contains(.tcp) {
      let listener = try await StreamListener(
        address, tls: configuration.tls, limits: configuration.limits,
        service: SyslogService(configuration: configuration, senders: senders, intake: intake, noted: noted))
      address = listener.address
      streams = listener
    }
    self.streams = streams
    stopTime = configuration.limits.stop
    guard configuration.tls == nil, configuration.transports.contains(.udp) else {
      self.address = address
      datagrams = nil
      queue = nil
      return
    }
    let queue = SyslogQueue(configuration, senders, intake, noted)
    do throws(ListenFailure) {
      let listener = try await DatagramListener(address, service: queue)
      self.address = listener.address
      datagrams = listener
    } catch {
      await queue.stop(within: .zero)
      await streams?.stop()
      throw error
    }
    self.queue = queue
  }

  package var connections: Int { streams?.connections ?? 0 }
  /// Datagrams that wait to be stored.
  package var queued: Int { queue?.count ?? 0 }

  /// Takes nothing more; what has arrived is stored within `StreamLimits.stop`.
  package func stop() async {
    await datagrams?.stop()
    async let streams: Void? = streams?.stop()
    await queue?.stop(within: stopTime)
    await streams
  }
}

/// Who may send syslog.
struct SyslogSenders: Sendable {
  private static let thisMachine = ["127.0.0.0/8", "::1"].compactMap(IPRange.init(cidr:))

  private let allowed: [IPRange]
  private let knowsClients: Bool

  init(_ configuration: SyslogListener.Configuration, knowsClients: Bool) {
    allowed =
      configuration.allowed.isEmpty && configuration.address.isLoopback ? Self.thisMachine : configuration.allowed
    self.knowsClients = configuration.tls != nil && knowsClients
  }

  /// Whether an address may send without being known.
  func allows(_ address: String) -> Bool {
    guard let address = IPAddress(address) else { return false }
    return allowed.contains { $0.contains(address) }
  }

  /// Whether an address may connect: with TLS it may turn out to be known.
  func mayConnect(_ address: String) -> Bool { knowsClients || allows(address) }
}
