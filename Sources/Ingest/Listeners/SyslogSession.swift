import Events
import Server

/// Connections of syslog.
struct SyslogService: StreamService {
  let configuration: SyslogListener.Configuration
  let senders: SyslogSenders
  let intake: Intake
  let noted: @Sendable (ListenerNote) -> Void

  func admits(_ address: String) -> Bool { senders.mayConnect(address) }

  func refused(_ refusal: StreamRefusal, from address: String) { noted(.refused(FrameRefusal(refusal))) }

  func serve(_ connection: StreamConnection) async {
    let peer = connection.peer
    guard peer.certificate != nil || senders.allows(peer.address) else { return noted(.refused(.unauthorized)) }
    let source = SyslogSource(address: peer.address, name: peer.certificate?.commonName)
    var frames = SyslogFrames(limit: configuration.messageBytes)
    while true {
      var cut: SyslogFrames.Cut
      var isOver = false
      switch await connection.read(within: frames.pendingCount > 0 ? configuration.stall : configuration.idle) {
      case .bytes(let bytes):
        cut = frames.take(bytes)
        if !connection.hold(frames.pendingCount) {
          // No room for what is still to come of a message: what has come of it is kept as it is.
          noted(.refused(.memory))
          guard await keep(cut, source) else { return }
          cut = frames.flush()
        }
      case .late where frames.pendingCount > 0: cut = frames.flush()
      case .late, .ended, .stopping:
        cut = frames.take([], isLast: true)
        isOver = true
      }
      guard await keep(cut, source), !isOver else { return }
      _ = connection.hold(frames.pendingCount)
    }
  }

  private func keep(_ cut: SyslogFrames.Cut, _ source: SyslogSource) async -> Bool {
    for _ in 0..<cut.parted { noted(.parted) }
    for _ in 0..<cut.unfinished { noted(.refused(.cut)) }
    return await source.keep(cut.bytes, cut.messages, intake, noted)
  }
}

/// Where messages of syslog come from.
struct SyslogSource: Sendable, Hashable {
  let address: String
  /// Of the certificate that was shown; nil for a sender that is not known.
  let name: String?

  /// - Returns: whether the messages are durable.
  func keep(
    _ bytes: [UInt8], _ messages: [Range<Int>], _ intake: Intake, _ noted: @escaping @Sendable (ListenerNote) -> Void
  ) async -> Bool {
    guard !messages.isEmpty else { return true }
    let outcome = await intake.keep(
      bytes, messages: messages, SyslogListener.name, from: name.map { "\($0)@\(address)" } ?? "unauthenticated",
      envelope: address.isEmpty ? [] : [Envelope.Entry(.logSourceAddress, address)]
    ) { noted(.waiting($0)) }
    guard let outcome else {
      noted(.lost(messages: messages.count))
      return false
    }
    noted(
      .taken(
        events: outcome.count, repeated: outcome.repeated.count, bytes: messages.reduce(0) { $0 + $1.count }))
    return true
  }
}
