/// What a listener of streams or datagrams tells, for metrics.
package enum ListenerNote: Sendable, Hashable {
  /// Events that are durable.
  ///
  /// - Parameters:
  ///   - repeated: how many of the events had been taken before.
  ///   - bytes: of the messages.
  case taken(events: Int, repeated: Int, bytes: Int)
  /// Something was not taken, or not as it was meant.
  case refused(FrameRefusal)
  /// Events could not be stored and are tried again; their sender is not read meanwhile.
  case waiting(IngestFailure)
  /// A message that came in parts, each of which is kept: it was too long, or nothing more came of it.
  case parted
  /// Messages that had been received, were not acknowledged, and could not be stored before the end.
  case lost(messages: Int)
}

/// Why a listener does not take what came.
package enum FrameRefusal: String, Sendable, Hashable, CaseIterable {
  /// The address is none of those that may send.
  case address
  /// Too many connections.
  case connections
  /// TLS was not agreed on.
  case handshake
  /// A key, password or certificate that is not known.
  case unauthorized
  /// Bytes that are no message of the protocol.
  case malformed
  case tooLarge = "too-large"
  case tooDeep = "too-deep"
  /// Data that cannot be decompressed within the limits.
  case compression
  /// Metrics or traces instead of logs.
  case signal
  /// All connections together hold too much.
  case memory
  /// A message took too long to arrive, or its answer to leave.
  case late
  /// The connection ended within a message.
  case cut
  /// More datagrams than can be stored.
  case queue
}
