import Bytes
import Events
package import Server

/// Takes events by the Fluent Forward protocol: from Fluent Bit, Fluentd, Docker, and the loggers of many languages.
///
/// A chunk whose id the sender wants back is acknowledged once its events are durable. A sender that is not acknowledged sends it
/// again, and the repetition is known by the id together with what the chunk contains.
package final class ForwardListener: Sendable {
  /// Where it listens, and who may send.
  package struct Configuration: Sendable {
    package var address: ListenAddress
    /// Nil for plain TCP.
    package var tls: TLSIdentity?
    /// What senders must know. Nil: everybody may send, which only loopback may be open to.
    package var sharedKey: String?
    /// Passwords by user; where there are any, a sender must show one, besides the key.
    package var users: [String: String] = [:]
    /// What the server calls itself. Senders refuse one that is called as they are.
    package var name = "bartizan"
    /// Whether to answer the heartbeats of Fluentd's `heartbeat_type udp`, on the same port.
    package var answersHeartbeats = true
    package var limits = StreamLimits()
    /// From the connection to the end of the proof that the key is known.
    package var handshake = Duration.seconds(10)
    /// Without a byte within a message.
    package var stall = Duration.seconds(30)
    /// From the first byte of a message to its last.
    package var message = Duration.seconds(300)
    /// Between messages. What keeps the connection of a machine that is gone from counting is TCP's keep-alive.
    package var idle = Duration.seconds(86_400)
    /// Largest message in bytes, and largest content of a compressed one.
    package var messageBytes = 64 << 20

    package init(_ address: ListenAddress) { self.address = address }

    /// What forbids to listen like this, as one line; nil for nothing.
    package var fault: String? {
      if let sharedKey, sharedKey.isEmpty { return "the shared key is empty" }
      if sharedKey == nil, !users.isEmpty { return "users have passwords only beside a shared key" }
      guard !address.isLoopback, sharedKey == nil || tls == nil else { return nil }
      return "\(address.text) can be reached from other machines: Fluent Forward needs a shared key and TLS there"
    }
  }

  /// What events say they came by, and metrics.
  package static let name = "forward"

  /// Where it waits, with the port that the system chose.
  package let address: ListenAddress
  private let streams: StreamListener
  private let heartbeats: DatagramListener?

  package init(
    _ configuration: Configuration, intake: Intake, noted: @escaping @Sendable (ListenerNote) -> Void = { _ in }
  ) async throws(ListenFailure) {
    if let fault = configuration.fault { throw ListenFailure(message: fault) }
    streams = try await StreamListener(
      configuration.address, tls: configuration.tls, limits: configuration.limits,
      service: ForwardService(configuration: configuration, intake: intake, noted: noted))
    address = streams.address
    guard configuration.answersHeartbeats else {
      heartbeats = nil
      return
    }
    do throws(ListenFailure) {
      heartbeats = try await DatagramListener(address, service: Heartbeats())
    } catch {
      await streams.stop()
      throw error
    }
  }

  package var connections: Int { streams.connections }
  /// Bytes of messages that have arrived in part.
  package var heldBytes: Int { streams.heldBytes }

  /// Takes no more connections; what has arrived whole is stored and acknowledged within `StreamLimits.stop`.
  package func stop() async {
    await heartbeats?.stop()
    await streams.stop()
  }

  /// A datagram of any kind is answered by one zero byte, as Fluentd does.
  private struct Heartbeats: DatagramService {
    func receive(_ bytes: [UInt8], from address: String) -> [UInt8]? { bytes.count == 1 ? [0] : nil }
  }
}
